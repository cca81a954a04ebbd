import { http, type Call, type Script, type SocketOptions } from '../call.ts';
import { runningPod } from '../client/product.ts';
import { played } from '../containers.ts';
import { pod } from './objects.ts';

const pods = '/api/v1/namespaces/{ns}/pods';
const streams = 'stdout=true&stderr=true';

const socket = (name: string, path: string, options: SocketOptions = {}): Call => ({
  name,
  run: (world) => world.socket(`${pods}/${path}`, options),
});

const spdy = (name: string, path: string): Call =>
  http(name, 'POST', `${pods}/${path}`, undefined, {
    connection: 'Upgrade',
    upgrade: 'SPDY/3.1',
    'x-stream-protocol-version': 'v4.channel.k8s.io',
  });

/** What an HTTP server and a kubelet add is theirs. */
const forward = (name: string, path: string, options: SocketOptions): Call => ({
  name,
  async run(world) {
    const { channels, ...told } = await world.socket(`${pods}/${path}`, options);
    const [data = '', error = ''] = [channels['0'], channels['1']].map((text) => String(text));
    return {
      ...told,
      begins: [data.slice(0, 2), error.slice(0, 2)],
      answer: [/HTTP\/1.1 [^\r]+/.exec(data)?.[0], /you asked for [^\r\n]+/.exec(data)?.[0]],
      error: error.slice(2).replace(/ to pod .*: /, ' … '),
    };
  },
});

const v4 = { protocols: ['v4.channel.k8s.io'] };
const all = {
  protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'],
};
/** A request of a port-forward's first channel, up to the answer. */
const asking = (path: string): SocketOptions => ({
  ...v4,
  send: [[0, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`]],
  until: (channels) => /you asked for|refused|not found/.test(JSON.stringify(channels)),
});

/** What upgrades to streams, what is refused, and how an end is told. */
export const script: Script = {
  name: 'streams',
  calls: [
    runningPod('runs'),
    {
      name: 'a pod on no node, and one whose image is not there',
      async run(world) {
        await world.ask(
          'POST',
          pods,
          pod('nowhere', { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } }, played),
        );
        await world.ask(
          'POST',
          pods,
          pod('waits', { containers: [{ name: 'c', image: 'registry.example/no-such-image' }] }, played),
        );
        const answer = await world.until(`${pods}/waits`, ({ body }) =>
          /ErrImagePull|ImagePullBackOff/.test(JSON.stringify(body)),
        );
        return answer.status;
      },
    },
    socket('exec', `runs/exec?command=end&command=0&container=c&${streams}`),
    socket('exec in the other container', `runs/exec?command=end&command=0&container=other&${streams}`),
    socket('exec in no container of two', `runs/exec?command=end&command=0&${streams}`),
    socket('exec in a container that there is not', `runs/exec?command=end&container=none&${streams}`),
    socket('exec that fails', `runs/exec?command=end&command=7&container=c&${streams}`),
    socket('exec that says much', `runs/exec?command=much&container=c&${streams}`),
    socket('exec of a program that there is not', `runs/exec?command=nothing&container=c&${streams}`),
    socket('exec without a command', `runs/exec?container=c&${streams}`),
    socket('exec without a stream', 'runs/exec?command=end&command=0&container=c'),
    socket('exec for its errors alone', 'runs/exec?command=end&command=0&container=c&stderr=true'),
    socket('exec for its output alone', 'runs/exec?command=out&container=c&stdout=1'),
    socket('exec with a terminal', 'runs/exec?command=end&command=0&container=c&stdout=true&tty=true'),
    socket('exec with a terminal and errors', `runs/exec?command=end&command=0&container=c&tty=true&${streams}`),
    socket('exec with input', `runs/exec?command=end&command=0&container=c&stdin=true&${streams}`, {
      send: [[0, 'hello\n']],
    }),
    socket('exec of all protocols', `runs/exec?command=end&command=0&container=c&${streams}`, all),
    socket('exec of v4', `runs/exec?command=end&command=7&container=c&${streams}`, v4),
    socket('exec of a protocol that there is not', `runs/exec?command=end&container=c&${streams}`, {
      protocols: ['v9.channel.k8s.io'],
    }),
    socket('exec in a pod that there is not', `none/exec?command=end&${streams}`),
    socket('exec in a pod on no node', `nowhere/exec?command=end&${streams}`),
    socket('exec in a container that waits', `waits/exec?command=end&${streams}`),
    socket('exec of v4 in a container that waits', `waits/exec?command=end&${streams}`, v4),
    socket('exec with a boolean that is none', 'runs/exec?command=out&container=c&stdout=maybe'),
    spdy('exec by SPDY in a pod that there is not', `none/exec?command=end&${streams}`),
    spdy('exec by SPDY in a container that there is not', `runs/exec?command=end&container=none&${streams}`),
    spdy('exec by SPDY in a pod on no node', `nowhere/exec?command=end&${streams}`),
    http('exec without an upgrade, by GET', 'GET', `${pods}/runs/exec?command=end&container=c&${streams}`),
    http('exec by PUT', 'PUT', `${pods}/runs/exec?command=end&container=c&${streams}`),
    http('exec by DELETE', 'DELETE', `${pods}/runs/exec?command=end&container=c&${streams}`),
    http(
      'exec without an upgrade, in a container that there is not',
      'POST',
      `${pods}/runs/exec?command=x&container=no`,
    ),
    socket('attach to a pod that there is not', `none/attach?${streams}`),
    socket('attach to a container that there is not', `runs/attach?container=none&${streams}`),
    socket('attach to no container of two', `runs/attach?${streams}`),
    socket('attach to a pod on no node', `nowhere/attach?${streams}`),
    spdy('attach by SPDY to a pod that there is not', `none/attach?${streams}`),
    http('attach without an upgrade', 'POST', `${pods}/runs/attach?container=c&${streams}`),
    http('attach without an upgrade to a container that there is not', 'POST', `${pods}/runs/attach?container=no`),
    forward('a port-forward', 'runs/portforward?ports=8080', asking('/hello')),
    forward('a port-forward of all protocols', 'runs/portforward?ports=8080', { ...asking('/'), ...all }),
    forward('a port-forward to nothing', 'runs/portforward?ports=8081', asking('/hello')),
    socket('a port-forward of no port', 'runs/portforward', v4),
    socket('a port-forward of a port that is none', 'runs/portforward?ports=web', v4),
    socket('a port-forward of port 0', 'runs/portforward?ports=0', v4),
    socket('a port-forward of v5 alone', 'runs/portforward?ports=8080', { protocols: ['v5.channel.k8s.io'] }),
    socket('a port-forward of a pod that there is not', 'none/portforward?ports=8080', v4),
    socket('a port-forward of a pod on no node', 'nowhere/portforward?ports=8080', v4),
    spdy('a port-forward by SPDY of a pod that there is not', 'none/portforward'),
    spdy('a port-forward by SPDY of a pod on no node', 'nowhere/portforward'),
    http('a port-forward without an upgrade, by GET', 'GET', `${pods}/runs/portforward?ports=8080`),
    http('attach by PUT', 'PUT', `${pods}/runs/attach?container=c`),
    http('what there is not of a pod', 'GET', `${pods}/runs/shell`),
    {
      name: 'all pods are told to go',
      run: async (world) => (await world.ask('DELETE', `${pods}?gracePeriodSeconds=0`)).status,
    },
  ],
};

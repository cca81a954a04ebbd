import { http, type Answer, type Call, type Script } from '../call.ts';
import { runningPod } from '../client/product.ts';
import { played } from '../containers.ts';
import { pod } from './objects.ts';

const pods = '/api/v1/namespaces/{ns}/pods';
const log = (name: string, query: string, of = 'runs'): Call => http(name, 'GET', `${pods}/${of}/log?${query}`);

/** Times as they stand there: the rest of the comparison takes them for chance. */
const exactly = (name: string, query: string): Call => ({
  name,
  async run(world) {
    const { status, body } = (await world.ask('GET', `${pods}/runs/log?${query}`)) satisfies Answer;
    return { status, times: String(body).replaceAll(/(?<=\d)T(?=\d)/g, ' at ') };
  },
});

/** Logs as the API server hands them on, and what it refuses by itself. */
export const script: Script = {
  name: 'logs',
  calls: [
    runningPod('runs'),
    {
      name: 'a pod whose image is not there',
      async run(world) {
        await world.ask(
          'POST',
          pods,
          pod('waits', { containers: [{ name: 'c', image: 'registry.example/no-such-image' }] }, played),
        );
        const answer = await world.until(`${pods}/waits`, ({ body }) => /ImagePullBackOff/.test(JSON.stringify(body)));
        return answer.status;
      },
    },
    log('all of it', 'container=c'),
    log('of no container of two', ''),
    log('the last two', 'container=c&tailLines=2'),
    log('none of it', 'container=c&tailLines=0'),
    log('more lines than there are', 'container=c&tailLines=99'),
    log('ten bytes', 'container=c&limitBytes=10'),
    log('ten bytes of the last line', 'container=c&limitBytes=10&tailLines=1'),
    log('no bytes', 'container=c&limitBytes=0'),
    log('less than no bytes', 'container=c&limitBytes=-1'),
    log('bytes that are no number', 'container=c&limitBytes=x'),
    log('lines that are no number', 'container=c&tailLines=x'),
    exactly('with times', 'container=c&timestamps=true'),
    exactly('since a time', 'container=c&timestamps=true&sinceTime=2026-01-02T03:04:01Z'),
    log('since a time that is none', 'container=c&sinceTime=yesterday'),
    log('since seconds', 'container=c&sinceSeconds=60'),
    log('since no seconds', 'container=c&sinceSeconds=0'),
    log('since seconds and a time', 'container=c&sinceSeconds=5&sinceTime=2026-01-02T03:04:01Z'),
    log('of the run before', 'container=c&previous=true'),
    log('a previous that is no boolean', 'container=c&previous=perhaps'),
    log('of a stream', 'container=c&stream=Stdout'),
    log('with all that is wrong', 'container=c&tailLines=-1&limitBytes=0&sinceSeconds=0'),
    log('of a container that there is not', 'container=none'),
    log('of a container that waits', 'container=c', 'waits'),
    log('of a pod that there is not', 'container=c', 'none'),
    log('as JSON', 'container=c&pretty=true'),
    http('by POST', 'POST', `${pods}/runs/log?container=c`),
    {
      name: 'followed',
      async run(world) {
        const followed = world.follow(`${pods}/runs/log?container=c&follow=true&tailLines=1`, /fifth\n/);
        await world.socket(`${pods}/runs/exec?container=c&command=say&command=fourth&stdout=true`, {});
        await world.socket(`${pods}/runs/exec?container=c&command=say&command=fifth&stdout=true`, {});
        return followed;
      },
    },
    log('after that', 'container=c&tailLines=2'),
    log('the other container keeps its own', 'container=other'),
    {
      name: 'all pods are told to go',
      run: async (world) => (await world.ask('DELETE', `${pods}?gracePeriodSeconds=0`)).status,
    },
  ],
};

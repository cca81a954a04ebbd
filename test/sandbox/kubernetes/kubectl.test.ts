import { describe, expect, test, vi } from 'vitest';
import { tools } from '../../support/tools.ts';
import { configMap, deployment, startLab, type Lab } from './lab.ts';
import { runTool, type Ran } from './run-tool.ts';

vi.setConfig({ testTimeout: 120_000 });

const { kubectl } = await tools();
const haveKubectl = kubectl !== undefined;

const run = (lab: Lab, command: string, input?: object | string): Promise<Ran> =>
  runTool(kubectl ?? '', lab.kubeconfig, command.split(' '), typeof input === 'object' ? JSON.stringify(input) : input);

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', labels: { app: 'p' } },
  spec: { nodeName: 'n', containers: [{ name: 'c', image: 'x:1' }] },
};

const runningPod = async (lab: Lab): Promise<void> => {
  await lab.ask('POST', '/api/v1/namespaces/default/pods', pod);
  const status = {
    phase: 'Running',
    podIP: '10.244.0.7',
    containerStatuses: [{ name: 'c', ready: true, restartCount: 0, image: 'x:1', imageID: '', state: { running: {} } }],
  };
  await lab.ask(
    'PATCH',
    '/api/v1/namespaces/default/pods/p/status',
    { status },
    { 'content-type': 'application/merge-patch+json' },
  );
};

describe.skipIf(!haveKubectl)('the real kubectl', () => {
  test('applies, sees no difference, applies again unchanged, changes and prunes what the file no longer says', async () => {
    const lab = await startLab();
    const first = configMap('cfg', { a: '1', b: '2' });
    expect((await run(lab, 'apply -f -', first)).stdout).toBe('configmap/cfg created\n');
    expect((await run(lab, 'apply -f -', first)).stdout).toBe('configmap/cfg unchanged\n');
    expect((await run(lab, 'diff -f -', first)).code).toBe(0);
    const second = configMap('cfg', { a: '3' });
    const diff = await run(lab, 'diff -f -', second);
    expect([diff.code, diff.stdout]).toEqual([1, expect.stringMatching(/-  a: "1"\n-  b: "2"\n\+  a: "3"/)]);
    expect((await run(lab, 'apply -f -', second)).stdout).toBe('configmap/cfg configured\n');
    expect((await run(lab, 'get cm cfg -o jsonpath={.data}')).stdout).toBe('{"a":"3"}');
  });

  test('merges lists by key when it applies client-side', async () => {
    const lab = await startLab();
    const withEnv = (env: readonly object[]): object => ({
      ...deployment('web'),
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'x:1', env }] } },
      },
    });
    await run(
      lab,
      'apply -f -',
      withEnv([
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ]),
    );
    await run(lab, 'set env deploy/web C=3');
    await run(lab, 'apply -f -', withEnv([{ name: 'B', value: '5' }]));
    const { stdout } = await run(lab, 'get deploy web -o jsonpath={.spec.template.spec.containers[0].env}');
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        { name: 'B', value: '5' },
        { name: 'C', value: '3' },
      ]),
    );
    expect(JSON.parse(stdout)).toHaveLength(2);
  });

  test('applies server-side, is told of conflicts and can force them', async () => {
    const lab = await startLab();
    await run(lab, 'apply --server-side --field-manager=one -f -', deployment('web', 'nginx:1'));
    const clash = await run(lab, 'apply --server-side --field-manager=two -f -', deployment('web', 'nginx:2'));
    expect(clash.code).toBe(1);
    expect(clash.stderr).toContain('conflict with "one": .spec.template.spec.containers[name="web"].image');
    const forced = await run(
      lab,
      'apply --server-side --force-conflicts --field-manager=two -f -',
      deployment('web', 'nginx:2'),
    );
    expect(forced.stdout).toBe('deployment.apps/web serverside-applied\n');
  });

  test.each([
    'create namespace pets',
    'create configmap c --from-literal=a=b',
    'create secret generic s --from-literal=a=b',
    'create serviceaccount sa',
    'create role r --verb=get --resource=pods',
    'create rolebinding rb --role=r --user=u',
    'create clusterrole cr --verb=get --resource=pods',
    'create deployment d --image=x --replicas=3 --port=80',
    'create job j --image=x',
    'create cronjob cj --image=x --schedule=*/5_*_*_*_*',
    'create service clusterip sv --tcp=80:8080',
    'create quota q --hard=cpu=1',
    'create poddisruptionbudget pdb --selector=app=web --min-available=1',
    'create priorityclass pc --value=5',
    'create token default',
  ])('%s', async (command) => {
    const lab = await startLab();
    const { code, stderr } = await runTool(
      kubectl ?? '',
      lab.kubeconfig,
      command.split(' ').map((word) => word.replaceAll('_', ' ')),
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  test('creates an ingress whose rules arrive whole', async () => {
    const lab = await startLab();
    const made = await run(lab, 'create ingress web --class=cilium --rule=shop.example/cart*=cart:http,tls=shop');
    expect([made.code, made.stderr]).toEqual([0, '']);
    const { stdout } = await run(lab, 'get ingress web -o jsonpath={.spec}');
    expect(JSON.parse(stdout)).toEqual({
      ingressClassName: 'cilium',
      rules: [
        {
          host: 'shop.example',
          http: {
            paths: [
              { path: '/cart', pathType: 'Prefix', backend: { service: { name: 'cart', port: { name: 'http' } } } },
            ],
          },
        },
      ],
      tls: [{ hosts: ['shop.example'], secretName: 'shop' }],
    });
  });

  test('autoscales a deployment', async () => {
    const lab = await startLab();
    await run(lab, 'apply -f -', deployment('web'));
    const made = await run(lab, 'autoscale deployment web --min=2 --max=5 --cpu=70%');
    expect([made.code, made.stderr]).toEqual([0, '']);
    const { stdout } = await run(lab, 'get hpa web -o jsonpath={.spec}');
    expect(JSON.parse(stdout)).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    });
  });

  test('reads metrics of a pod by the raw path of the proxy, and says what does not answer', async () => {
    const lab = await startLab();
    await runningPod(lab);
    const raw = '/api/v1/namespaces/default/pods/p';
    expect((await run(lab, `get --raw ${raw}:2112/proxy/metrics`)).stdout).toBe('asked for /metrics\n');
    expect(await run(lab, `get --raw ${raw}:80/proxy/metrics`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'error trying to reach service: dial tcp 10.244.0.7:80: connect: connection refused',
      ),
    });
  });

  test('gets everything, describes, and says what it cannot find', async () => {
    const lab = await startLab();
    const { stdout } = await run(lab, 'get all -A');
    expect(stdout).toMatch(/^NAMESPACE +NAME +DESIRED +CURRENT +READY +UP-TO-DATE +AVAILABLE +NODE SELECTOR +AGE$/m);
    expect(stdout).toMatch(
      /^kube-system +daemonset.apps\/windows-kube-proxy-initializer +0 +0 +0 +0 +0 +kubernetes.io\/os=windows/m,
    );
    expect(stdout).toMatch(/^default +service\/kubernetes +ClusterIP +10\.0\.0\.1 +<none> +443\/TCP/m);
    expect((await run(lab, 'describe deploy coredns -n kube-system')).stdout).toContain(
      'Replicas:               2 desired',
    );
    expect((await run(lab, 'get deploy nope')).stderr).toBe(
      'Error from server (NotFound): deployments.apps "nope" not found\n',
    );
    expect((await run(lab, 'get nopes')).stderr).toContain('the server doesn\'t have a resource type "nopes"');
  });

  test('reads logs, whole, by the tail and as they come', async () => {
    const lab = await startLab();
    await runningPod(lab);
    expect((await run(lab, 'logs p')).stdout).toBe('one\ntwo\nthree\n');
    expect((await run(lab, 'logs p -c c --tail=1')).stdout).toBe('three\n');
    expect((await run(lab, 'logs p -c x')).stderr).toContain('container x is not valid for pod p');
  });

  test('executes over WebSocket: both streams and the exit code', async () => {
    const lab = await startLab();
    await runningPod(lab);
    expect(await run(lab, 'exec p -- cilium status')).toEqual({
      code: 0,
      stdout: 'c: cilium status\n',
      stderr: 'to the error stream\n',
    });
    expect((await run(lab, 'exec p -- false')).code).toBe(3);
    expect((await run(lab, 'exec nope -- true')).stderr).toContain('pods "nope" not found');
    const status = { containerStatuses: [{ name: 'c', state: { waiting: { reason: 'CrashLoopBackOff' } } }] };
    await lab.ask(
      'PATCH',
      '/api/v1/namespaces/default/pods/p/status',
      { status },
      { 'content-type': 'application/merge-patch+json' },
    );
    expect((await run(lab, 'exec p -- true')).stderr).toContain('container not found ("c")');
    expect((await run(lab, 'logs p')).stderr).toContain(
      'container "c" in pod "p" is waiting to start: CrashLoopBackOff',
    );
  });

  test('scales, labels, annotates, patches and deletes', async () => {
    const lab = await startLab();
    await run(lab, 'apply -f -', deployment('web'));
    expect((await run(lab, 'scale deploy web --replicas=4')).stdout).toBe('deployment.apps/web scaled\n');
    await run(lab, 'label deploy web tier=front');
    await run(lab, 'annotate deploy web note=x');
    const add = await run(
      lab,
      'patch deploy web --type=json -p [{"op":"add","path":"/spec/paused","value":true},{"op":"remove","path":"/metadata/labels/tier"}]',
    );
    expect(add.stdout).toBe('deployment.apps/web patched\n');
    const { stdout } = await run(
      lab,
      'get deploy web -o jsonpath={.spec.replicas}|{.spec.paused}|{.metadata.labels}|{.metadata.annotations.note}',
    );
    expect(stdout).toBe('4|true||x');
    expect((await run(lab, 'delete deploy web --wait')).stdout).toBe(
      'deployment.apps "web" deleted from default namespace\n',
    );
  });

  test('deletes a namespace with everything in it', async () => {
    const lab = await startLab();
    await run(lab, 'create namespace pets');
    await run(lab, 'apply -n pets -f -', configMap('cfg', {}));
    expect((await run(lab, 'delete namespace pets')).code).toBe(0);
    expect((await run(lab, 'get cm cfg -n pets')).stderr).toContain('not found');
    expect((await run(lab, 'apply -n pets -f -', configMap('cfg', {}))).stderr).toContain(
      'namespaces "pets" not found',
    );
  });

  test('explains fields by name and type', async () => {
    const lab = await startLab();
    const { stdout } = await run(lab, 'explain deployment.spec.template.spec');
    expect(stdout).toContain('FIELD: spec <PodSpec>');
    expect(stdout).toMatch(/^ {2}containers\t<\[\]Container>$/m);
  });

  test('knows who it is and what another may do', async () => {
    const lab = await startLab();
    expect((await run(lab, 'auth whoami')).stdout).toContain('system:masters');
    expect((await run(lab, 'auth can-i delete pods')).stdout).toBe('yes\n');
    expect((await run(lab, 'auth can-i delete pods --as=system:serviceaccount:default:default')).stdout).toBe('no\n');
  });
});

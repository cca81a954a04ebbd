import type { KubeObject } from '../objects.ts';
import { listAt, numberAt, objectAt, printed, textAt, valueAt } from './json.ts';
import { age, selectorText, since } from './table-cells.ts';
import { column, containers, count, images, loose, selector, text, wide, type KindColumns } from './table-column.ts';
import { podReady, podReason, podRestarts } from './table-pod.ts';

const readyOf = column(
  'Ready',
  (object) => `${numberAt(object, 'status', 'readyReplicas') ?? 0}/${numberAt(object, 'spec', 'replicas') ?? 1}`,
);

const replicas: KindColumns = {
  before: [
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
  ],
  after: [containers, images, selector],
};

const jobStatus = (job: KubeObject): string => {
  const holds = (type: string): boolean =>
    listAt(job, 'status', 'conditions').some((one) => textAt(one, 'type') === type && textAt(one, 'status') === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
};

const jobCompletions = (job: KubeObject): string => {
  const [done, wanted] = [numberAt(job, 'status', 'succeeded') ?? 0, numberAt(job, 'spec', 'completions')];
  if (wanted !== undefined) return `${done}/${wanted}`;
  const parallel = numberAt(job, 'spec', 'parallelism') ?? 0;
  return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`;
};

const jobDuration = (job: KubeObject, now: number): string => {
  const begun = textAt(job, 'status', 'startTime');
  if (begun === undefined) return '';
  const end = textAt(job, 'status', 'completionTime');
  return since((end === undefined ? now : Date.parse(end)) - Date.parse(begun));
};

/** What a job's template holds, one level below that of a workload. */
const within = (object: KubeObject, ...path: readonly string[]): KubeObject => ({
  ...object,
  spec: objectAt(object, ...path),
});
const inner = ({ cell, ...rest }: typeof containers): typeof containers => ({
  ...rest,
  cell: (object, now) => cell(within(object, 'spec', 'jobTemplate', 'spec'), now),
});

const targets = (autoscaler: KubeObject): string => {
  const metrics = listAt(autoscaler, 'spec', 'metrics');
  const current = listAt(autoscaler, 'status', 'currentMetrics');
  const shown = metrics.slice(0, 2).map((metric, index) => {
    const name = textAt(metric, 'resource', 'name');
    const target = objectAt(metric, 'resource', 'target');
    const now = objectAt(current[index], 'resource', 'current');
    const share = numberAt(target, 'averageUtilization');
    const value =
      share === undefined
        ? `${textAt(now, 'averageValue') ?? '<unknown>'}/${textAt(target, 'averageValue') ?? textAt(target, 'value') ?? '<unknown>'}`
        : `${numberAt(now, 'averageUtilization') === undefined ? '<unknown>' : `${numberAt(now, 'averageUtilization')}%`}/${share}%`;
    return name === undefined ? value : `${name}: ${value}`;
  });
  if (metrics.length === 0) return '<none>';
  return `${shown.join(', ')}${metrics.length > 2 ? ` + ${metrics.length - 2} more...` : ''}`;
};

/** Columns of what runs. */
export const workloadColumns: Readonly<Record<string, KindColumns>> = {
  pods: {
    before: [column('Ready', podReady), column('Status', podReason), column('Restarts', podRestarts)],
    after: [
      wide(text('IP', 'status', 'podIP')),
      wide(text('Node', 'spec', 'nodeName')),
      wide(text('Nominated Node', 'status', 'nominatedNodeName')),
      wide(column('Readiness Gates', () => '<none>')),
    ],
  },
  daemonsets: {
    before: [
      count('Desired', 'status', 'desiredNumberScheduled'),
      count('Current', 'status', 'currentNumberScheduled'),
      count('Ready', 'status', 'numberReady'),
      count('Up-to-date', 'status', 'updatedNumberScheduled'),
      count('Available', 'status', 'numberAvailable'),
      column('Node Selector', (object) =>
        selectorText({ matchLabels: objectAt(object, 'spec', 'template', 'spec', 'nodeSelector') }),
      ),
    ],
    after: [containers, images, selector],
  },
  deployments: {
    before: [
      readyOf,
      loose(count('Up-to-date', 'status', 'updatedReplicas')),
      loose(count('Available', 'status', 'availableReplicas')),
    ],
    after: [containers, images, selector],
  },
  replicasets: replicas,
  replicationcontrollers: replicas,
  statefulsets: { before: [readyOf], after: [containers, images] },
  controllerrevisions: {
    before: [
      column('Controller', ({ metadata }) => {
        const owner = metadata.ownerReferences?.find((one) => one.controller === true);
        if (owner === undefined) return '<none>';
        const [group = ''] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [''];
        return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
      }),
      column('Revision', (object) => numberAt(object, 'revision') ?? 0),
    ],
  },
  podtemplates: {
    before: [
      column('Containers', (object) =>
        listAt(object, 'template', 'spec', 'containers')
          .map((one) => textAt(one, 'name') ?? '')
          .join(','),
      ),
      column('Images', (object) =>
        listAt(object, 'template', 'spec', 'containers')
          .map((one) => textAt(one, 'image') ?? '')
          .join(','),
      ),
      column('Pod Labels', (object) =>
        selectorText({ matchLabels: objectAt(object, 'template', 'metadata', 'labels') }),
      ),
    ],
  },
  jobs: {
    before: [column('Status', jobStatus), column('Completions', jobCompletions), column('Duration', jobDuration)],
    after: [containers, images, selector],
  },
  cronjobs: {
    before: [
      text('Schedule', 'spec', 'schedule'),
      text('Timezone', 'spec', 'timeZone'),
      {
        name: 'Suspend',
        type: 'boolean',
        cell: (object) => (valueAt(object, 'spec', 'suspend') === true ? 'True' : 'False'),
      },
      { name: 'Active', type: 'integer', cell: (object) => listAt(object, 'status', 'active').length },
      column('Last Schedule', (object, now) => {
        const last = textAt(object, 'status', 'lastScheduleTime');
        return last === undefined ? '<none>' : age(last, now);
      }),
    ],
    after: [inner(containers), inner(images), inner(selector)],
  },
  horizontalpodautoscalers: {
    before: [
      column(
        'Reference',
        (object) =>
          `${textAt(object, 'spec', 'scaleTargetRef', 'kind') ?? ''}/${textAt(object, 'spec', 'scaleTargetRef', 'name') ?? ''}`,
      ),
      column('Targets', targets),
      column('MinPods', (object) => String(numberAt(object, 'spec', 'minReplicas') ?? '<unset>')),
      column('MaxPods', (object) => numberAt(object, 'spec', 'maxReplicas') ?? 0),
      column('Replicas', (object) => numberAt(object, 'status', 'currentReplicas') ?? 0),
    ],
  },
  poddisruptionbudgets: {
    before: [
      column('Min Available', (object) => printed(valueAt(object, 'spec', 'minAvailable') ?? 'N/A')),
      column('Max Unavailable', (object) => printed(valueAt(object, 'spec', 'maxUnavailable') ?? 'N/A')),
      count('Allowed Disruptions', 'status', 'disruptionsAllowed'),
    ],
  },
};

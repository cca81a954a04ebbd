import type { Config } from '../../config/config.ts';
import type { LeavingWords } from './leave.ts';

type Running = ReadonlySet<string>;

/** While its PUT runs, and while an existing one is changed. */
const aksIsAtWork = (running: Running): boolean => running.has('cluster') || running.has('kube-proxy');

/** What a Ctrl-C at `init` is about. */
export const leavingInit = ({ cluster }: Pick<Config, 'cluster'>): LeavingWords => ({
  goesOn: (running) =>
    running.has('cluster')
      ? `AKS goes on with cluster ${cluster.name} whether or not this run watches, and bills it from the moment its nodes run. Until you answer, the run goes on.`
      : aksIsAtWork(running)
        ? `AKS goes on changing cluster ${cluster.name} whether or not this run watches. Until you answer, the run goes on.`
        : 'No long operation runs in Azure: what is left to do, this process does. Until you answer, it goes on.',
  canCancel: aksIsAtWork,
  leave: 'Leave it: end here, go on later',
  watch: 'Keep watching',
});

/** The same at `down`: a deletion that Azure has accepted is not turned back. */
export const leavingDown = ({ cluster }: Pick<Config, 'cluster'>): LeavingWords => ({
  goesOn: (running) =>
    running.has('cluster')
      ? `AKS goes on deleting cluster ${cluster.name}, and no more than that is removed without this process. Until you answer, it goes on.`
      : 'What is left is not removed without this process. Until you answer, it goes on.',
  canCancel: () => false,
  leave: 'Leave it: end here, go on later',
  watch: 'Keep watching',
});

import type { KubeObject } from '../objects.ts';
import { listAt, textAt, valueAt } from './json.ts';
import { column, flag, length, text, unset, wide, type KindColumns } from './table-column.ts';

const short: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const modes = (object: KubeObject, ...path: readonly string[]): string =>
  listAt(object, ...path)
    .map((mode) => short[String(mode)] ?? String(mode))
    .join(',');

const plain = (object: KubeObject, ...path: readonly string[]): string => textAt(object, ...path) ?? '';
const phase = (object: KubeObject): string =>
  object.metadata.deletionTimestamp === undefined ? plain(object, 'status', 'phase') : 'Terminating';
const isBound = (claim: KubeObject): boolean => plain(claim, 'spec', 'volumeName') !== '';

/** Columns of volumes and what makes them. */
export const storageColumns: Readonly<Record<string, KindColumns>> = {
  persistentvolumeclaims: {
    before: [
      column('Status', phase),
      column('Volume', (claim) => plain(claim, 'spec', 'volumeName')),
      column('Capacity', (claim) => (isBound(claim) ? plain(claim, 'status', 'capacity', 'storage') : '')),
      column('Access Modes', (claim) => (isBound(claim) ? modes(claim, 'status', 'accessModes') : '')),
      column('StorageClass', (claim) => plain(claim, 'spec', 'storageClassName')),
      unset('VolumeAttributesClass', 'spec', 'volumeAttributesClassName'),
    ],
    after: [wide(unset('VolumeMode', 'spec', 'volumeMode'))],
  },
  persistentvolumes: {
    before: [
      column('Capacity', (volume) => plain(volume, 'spec', 'capacity', 'storage')),
      column('Access Modes', (volume) => modes(volume, 'spec', 'accessModes')),
      column('Reclaim Policy', (volume) => plain(volume, 'spec', 'persistentVolumeReclaimPolicy')),
      column('Status', phase),
      column('Claim', (volume) =>
        valueAt(volume, 'spec', 'claimRef') === undefined
          ? ''
          : `${plain(volume, 'spec', 'claimRef', 'namespace')}/${plain(volume, 'spec', 'claimRef', 'name')}`,
      ),
      column('StorageClass', (volume) => plain(volume, 'spec', 'storageClassName')),
      unset('VolumeAttributesClass', 'spec', 'volumeAttributesClassName'),
      column('Reason', (volume) => plain(volume, 'status', 'reason')),
    ],
    after: [wide(unset('VolumeMode', 'spec', 'volumeMode'))],
  },
  storageclasses: {
    before: [
      text('Provisioner', 'provisioner'),
      text('ReclaimPolicy', 'reclaimPolicy'),
      text('VolumeBindingMode', 'volumeBindingMode'),
      column('AllowVolumeExpansion', (object) => valueAt(object, 'allowVolumeExpansion') === true),
    ],
  },
  csidrivers: {
    before: [
      flag('AttachRequired', 'spec', 'attachRequired'),
      flag('PodInfoOnMount', 'spec', 'podInfoOnMount'),
      flag('StorageCapacity', 'spec', 'storageCapacity'),
      column(
        'TokenRequests',
        (driver) =>
          listAt(driver, 'spec', 'tokenRequests')
            .map((one) => textAt(one, 'audience') ?? '')
            .join(',') || '<unset>',
      ),
      flag('RequiresRepublish', 'spec', 'requiresRepublish'),
      column('Modes', (driver) => listAt(driver, 'spec', 'volumeLifecycleModes').map(String).join(',') || '<none>'),
    ],
  },
  csinodes: { before: [length('Drivers', 'spec', 'drivers')] },
  volumeattachments: {
    before: [
      text('Attacher', 'spec', 'attacher'),
      text('PV', 'spec', 'source', 'persistentVolumeName'),
      text('Node', 'spec', 'nodeName'),
      flag('Attached', 'status', 'attached'),
    ],
  },
};

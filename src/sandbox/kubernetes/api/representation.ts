import type { KubeObject } from '../objects.ts';
import { ApiError } from './api-error.ts';
import type { Page } from './list.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';

const served = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** 406 for a client that takes none of what there is. */
export const checkAccept = ({ accept }: ApiRequest): void => {
  const wanted = accept.split(',').map((part) => (part.split(';')[0] ?? '').trim());
  if (accept === '' || wanted.some((type) => type === '*/*' || type === 'application/*' || served.includes(type)))
    return;
  throw new ApiError(
    406,
    'NotAcceptable',
    `406: Not Acceptable\n\nAvailable representations: ${served.join(', ')}`,
    {},
  );
};

/** Whether the client wants nothing but metadata, as controllers that watch much do. */
export const wantsPartial = ({ accept }: ApiRequest): boolean =>
  accept.split(',').some((part) => /as=PartialObjectMetadata(List)?(;|$)/.test(part) && part.includes('g=meta.k8s.io'));

export const partial = ({ metadata }: KubeObject): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});

export const partialList = (page: Page): ApiReply =>
  json({
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: page.metadata,
    items: page.items.map(partial),
  });

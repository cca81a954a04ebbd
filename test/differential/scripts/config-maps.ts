import { asProduct, http, type Script } from '../call.ts';

const all = '/api/v1/namespaces/{ns}/configmaps';

/** The life of the simplest object. */
export const script: Script = {
  name: 'config-maps',
  calls: [
    asProduct(http('create', 'POST', all, { metadata: { name: 'a' }, data: { k: 'v' } })),
    asProduct(http('get', 'GET', `${all}/a`)),
    http('create again', 'POST', all, { metadata: { name: 'a' }, data: { k: 'v' } }),
    http('get what is not there', 'GET', `${all}/b`),
    http('delete', 'DELETE', `${all}/a`),
    http('delete again', 'DELETE', `${all}/a`),
  ],
};

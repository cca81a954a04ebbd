import type { Script } from '../call.ts';
import { clusterWide, eventually, kubectl } from './command.ts';

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.{p}.example.com }
spec:
  group: "{p}.example.com"
  scope: Namespaced
  names: { plural: widgets, kind: Widget, shortNames: [wd], categories: [all] }
  versions:
  - name: v1
    served: true
    storage: true
    subresources: { status: {}, scale: { specReplicasPath: .spec.size, statusReplicasPath: .status.size } }
    additionalPrinterColumns:
    - { name: Size, type: integer, jsonPath: .spec.size }
    - { name: Colour, type: string, jsonPath: .spec.colour, priority: 1 }
    - { name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status' }
    - { name: Age, type: date, jsonPath: .metadata.creationTimestamp }
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: { type: integer, minimum: 1, maximum: 10, description: How large it is. }
              colour: { type: string, enum: [red, blue], default: red }
              name: { type: string, pattern: '^[a-z]+$', maxLength: 5 }
              ports: { type: array, maxItems: 2, items: { type: object, properties: { port: { type: integer } } } }
              any: { type: object, x-kubernetes-preserve-unknown-fields: true }
              either: { x-kubernetes-int-or-string: true }
          status:
            type: object
            properties:
              size: { type: integer }
              conditions: { type: array, items: { type: object, properties: { type: { type: string }, status: { type: string } } } }
`;
const widget = (name: string, spec: object): string =>
  JSON.stringify({ apiVersion: '{p}.example.com/v1', kind: 'Widget', metadata: { name }, spec });

/** A kind of our own: its definition, its columns, what its schema refuses. */
export const script: Script = {
  name: 'custom',
  calls: [
    kubectl('apply -f -', { stdin: widget('early', { size: 1 }), as: 'before its definition' }),
    clusterWide('apply -f -', { stdin: definition, as: 'definition' }),
    clusterWide('wait --for=condition=Established crd/widgets.{p}.example.com --timeout=10s'),
    clusterWide('get crd widgets.{p}.example.com'),
    clusterWide('get crd widgets.{p}.example.com -o yaml'),
    clusterWide('api-resources --api-group={p}.example.com'),
    kubectl('get widgets'),
    kubectl('apply -f -', { stdin: widget('one', { size: 1 }) }),
    kubectl('create -f -', { stdin: widget('two', { size: 5, colour: 'blue', any: { deep: [1] }, either: '5%' }) }),
    kubectl('get wd'),
    kubectl('get wd -o wide'),
    kubectl('get widgets.{p}.example.com one -o yaml --show-managed-fields'),
    kubectl('explain widget.spec --api-version={p}.example.com/v1'),
    kubectl('explain widget.spec.size'),
    ...Object.entries({
      'too small': { size: 0 },
      nothing: {},
      'wrong type': { size: 'x' },
      'too large': { size: 11 },
      'another colour': { size: 1, colour: 'green' },
      'too long': { size: 1, name: 'abcdefg' },
      'against its pattern': { size: 1, name: 'ABC' },
      'unknown field': { size: 1, weight: 2 },
      'too many': { size: 1, ports: [{}, {}, {}] },
      'wrong item': { size: 1, ports: [{ port: 'x' }] },
      'a fraction': { size: 1.5 },
    }).map(([as, spec]) => kubectl('create -f -', { stdin: widget('bad', spec), as })),
    kubectl('create -f - --validate=false', { stdin: widget('loose', { size: 1, weight: 2 }) }),
    kubectl('get widget loose -o jsonpath={.spec}'),
    kubectl(`patch widget one -p '{"spec":{"size":2}}'`),
    kubectl(`patch widget one --type=merge -p '{"spec":{"size":2}}'`),
    kubectl(`patch widget one --type=merge -p '{"spec":{"size":20}}'`),
    kubectl(
      `patch widget one --type=merge --subresource=status -p '{"status":{"size":2,"conditions":[{"type":"Ready","status":"True"}]},"spec":{"size":9}}'`,
    ),
    kubectl('get widgets', { as: 'with a status' }),
    kubectl('scale widget one --replicas=4'),
    kubectl('get widget one -o jsonpath={.spec.size}{.metadata.generation}'),
    kubectl('wait --for=condition=Ready widget/one --timeout=5s'),
    kubectl('apply --server-side -f -', { stdin: widget('one', { size: 7 }), as: 'conflict' }),
    kubectl('apply --server-side -f -', { stdin: widget('three', { size: 7 }), as: 'new' }),
    kubectl('apply --server-side -f -', { stdin: widget('four', { size: 7, weight: 1 }), as: 'unknown field' }),
    kubectl('replace -f -', { stdin: widget('two', { size: 6 }) }),
    kubectl('describe widget two'),
    kubectl('get all -o name'),
    clusterWide('apply -f -', { stdin: definition.replace('widgets.{p}', 'widget.{p}'), as: 'wrong name' }),
    clusterWide('apply -f -', { stdin: definition.replace('storage: true', 'storage: false'), as: 'nothing stored' }),
    clusterWide('apply -f -', {
      stdin: definition.replace('type: integer, minimum', 'type: number, nullable: 5, minimum'),
      as: 'bad schema',
    }),
    clusterWide('apply -f -', {
      stdin: definition
        .replaceAll('widgets', 'gadgets')
        .replace('required: [spec]\n', 'required: [spec]\n        description: 5\n'),
      as: 'bad description',
    }),
    clusterWide('apply -f -', { stdin: definition.replace('Namespaced', 'Cluster'), as: 'another scope' }),
    clusterWide('delete crd widgets.{p}.example.com'),
    eventually('api-resources --api-group={p}.example.com -o name', /^$/),
    kubectl('get widgets', { as: 'without its definition' }),
  ],
};

/** Charts of our own by name, each as its files. */
export const smallCharts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  app: {
    'Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\nappVersion: "7"\n',
    'values.yaml': 'text: hello\nreplicas: 1\nselector: {}\nimage: docker.io/library/nginx:1.29\n',
    'templates/all.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { text: {{ .Values.text | quote }} }
---
apiVersion: v1
kind: Service
metadata: { name: {{ .Release.Name }} }
spec: { selector: { app: {{ .Release.Name }} }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec:
      terminationGracePeriodSeconds: 1
      nodeSelector: {{ toJson .Values.selector }}
      containers: [{ name: main, image: {{ .Values.image | quote }} }]
`,
    'templates/NOTES.txt': 'Says {{ .Values.text }} to {{ .Release.Namespace }}.\n',
  },
  facts: {
    'Chart.yaml': 'apiVersion: v2\nname: facts\nversion: 1.0.0\n',
    'templates/map.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: facts }
data:
  default: {{ (lookup "v1" "ServiceAccount" .Release.Namespace "default").metadata.name | default "none" | quote }}
  missing: {{ lookup "v1" "ConfigMap" .Release.Namespace "missing" | toJson | quote }}
  nodes: {{ len (lookup "v1" "Node" "" "").items | quote }}
  version: {{ .Capabilities.KubeVersion.Version | quote }}
  deployments: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
  monitors: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}
`,
  },
  hooks: {
    'Chart.yaml': 'apiVersion: v2\nname: hooks\nversion: 1.0.0\n',
    'values.yaml': 'fail: false\n',
    'templates/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: hooked }\n',
    'templates/hooks.yaml': `
{{- range $name, $at := dict "second" "5" "first" "-5" }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  annotations: { helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: {{ $at | quote }}, helm.sh/hook-delete-policy: before-hook-creation }
---
{{- end }}
apiVersion: v1
kind: ConfigMap
metadata: { name: short, annotations: { helm.sh/hook: post-install, helm.sh/hook-delete-policy: hook-succeeded } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: last, annotations: { helm.sh/hook: post-delete } }
---
{{- if .Values.fail }}
apiVersion: batch/v1
kind: Job
metadata: { name: fails, annotations: { helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation } }
spec:
  backoffLimit: 0
  activeDeadlineSeconds: 1
  template: { spec: { restartPolicy: Never, nodeSelector: { none: x }, containers: [{ name: a, image: docker.io/library/busybox:1.37 }] } }
{{- end }}
`,
  },
  kinds: {
    'Chart.yaml': 'apiVersion: v2\nname: kinds\nversion: 1.0.0\n',
    'crds/gadgets.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: gadgets.{p}.example.com }
spec:
  group: "{p}.example.com"
  scope: Namespaced
  names: { plural: gadgets, kind: Gadget }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer } } } } } } }]
`,
    'templates/gadget.yaml': `
apiVersion: "{p}.example.com/v1"
kind: Gadget
metadata: { name: one }
spec: { size: {{ .Values.size | default 1 | toJson }} }
`,
  },
  strict: {
    'Chart.yaml': 'apiVersion: v2\nname: strict\nversion: 1.0.0\n',
    'values.yaml': 'size: 1\n',
    'values.schema.json':
      '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["size"],"properties":{"size":{"type":"integer","minimum":1}},"additionalProperties":false}',
    'templates/map.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: strict }\ndata: { size: {{ .Values.size | quote }} }\n',
  },
  wrong: {
    'Chart.yaml': 'apiVersion: v2\nname: wrong\nversion: 1.0.0\n',
    'values.yaml': 'kind: refused\n',
    'templates/all.yaml': `
{{- if eq .Values.kind "refused" }}
apiVersion: apps/v1
kind: Deployment
metadata: { name: wrong }
spec: { selector: { matchLabels: { app: wrong } }, template: { metadata: { labels: { app: other } }, spec: { containers: [{ name: a, image: x }] } } }
{{- else if eq .Values.kind "field" }}
apiVersion: v1
kind: ConfigMap
metadata: { name: wrong }
date: { a: b }
{{- else if eq .Values.kind "type" }}
apiVersion: v1
kind: ConfigMap
metadata: { name: wrong }
data: { a: 1 }
{{- else if eq .Values.kind "unknown" }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: wrong }
{{- else if eq .Values.kind "yaml" }}
a: [
{{- else }}
{{ fail "the value kind is not known" }}
{{- end }}
`,
  },
};

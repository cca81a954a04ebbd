{{- define "part.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: tetragon
app.kubernetes.io/component: {{ .component }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- define "part.agent" -}}
{{- include "part.labels" (dict "root" . "name" .Release.Name "component" "agent") -}}
{{- end -}}

{{- define "part.operator" -}}
{{- include "part.labels" (dict "root" . "name" "tetragon-operator" "component" "operator") -}}
{{- end -}}

{{- /* The agent's options: one key of the ConfigMap is one option. */ -}}
{{- define "part.config" -}}
{{- $t := .Values.tetragon -}}
cluster-name: {{ $t.clusterName | quote }}
procfs: /procRoot
debug: "false"
enable-process-cred: {{ $t.enableProcessCred | quote }}
enable-process-ns: {{ $t.enableProcessNs | quote }}
enable-ancestors: {{ $t.processAncestors.enabled | quote }}
process-cache-size: "65536"
process-cache-gc-interval: 30s
{{- if $t.exportFilename }}
export-filename: {{ printf "%s/%s" .Values.exportDirectory $t.exportFilename }}
export-file-perm: "600"
export-file-max-size-mb: "10"
export-file-max-backups: "5"
export-file-compress: "false"
export-rate-limit: {{ $t.exportRateLimit | toString | quote }}
{{- range $option, $text := dict "export-allowlist" $t.exportAllowList "export-denylist" $t.exportDenyList "field-filters" $t.fieldFilters "redaction-filters" $t.redactionFilters }}
{{ $option }}: {{ $text | trim | quote }}
{{- end }}
{{- end }}
enable-k8s-api: "true"
{{- if $t.prometheus.enabled }}
metrics-server: {{ printf ":%v" $t.prometheus.port | quote }}
metrics-label-filter: namespace,workload,pod,binary
{{- else }}
metrics-server: ""
{{- end }}
server-address: unix:///var/run/tetragon/tetragon.sock
health-server-address: ":6789"
health-server-interval: "10"
gops-address: localhost:8118
{{- if $t.enablePolicyFilter }}
enable-policy-filter: "true"
{{- end }}
enable-pod-info: "false"
enable-pod-annotations: "false"
enable-tracing-policy-crd: {{ .Values.tetragonOperator.tracingPolicy.enabled | quote }}
event-cache-retries: "15"
event-cache-retry-delay: "2"
enable-cri: "false"
enable-cgidmap: "false"
use-perf-ring-buffer: "false"
{{- end -}}

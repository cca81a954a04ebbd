{{- define "part.labels" -}}
app.kubernetes.io/part-of: cilium
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- /* The API server's address, by which agents reach it before there are Services. */ -}}
{{- define "part.apiserver" -}}
- name: K8S_NODE_NAME
  valueFrom: {fieldRef: {apiVersion: v1, fieldPath: spec.nodeName}}
- name: CILIUM_K8S_NAMESPACE
  valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}
{{- if .Values.k8sServiceHost }}
- name: KUBERNETES_SERVICE_HOST
  value: {{ .Values.k8sServiceHost | quote }}
- name: KUBERNETES_SERVICE_PORT
  value: {{ .Values.k8sServicePort | default 443 | quote }}
{{- end }}
{{- end -}}

{{- define "part.image" -}}
quay.io/cilium/cilium:v1.20.0@sha256:383968cd5e8873f7976fa76aa6196045643558f4cc9518a207b9335cb24a0e93
{{- end -}}

{{- /* What follows from the values; the rest of the agent's options stands in config/agent-defaults.yaml. */ -}}
{{- define "part.config" -}}
{{- $v := .Values -}}
{{- $config := .Files.Get "config/agent-defaults.yaml" | fromYaml -}}
{{- $_ := set $config "cluster-name" $v.cluster.name -}}
{{- $_ := set $config "cluster-id" ($v.cluster.id | toString) -}}
{{- $_ := set $config "routing-mode" ($v.routingMode | default "tunnel") -}}
{{- $_ := set $config "tunnel-protocol" ($v.tunnelProtocol | default "vxlan") -}}
{{- $_ := set $config "enable-l7-proxy" ($v.l7Proxy | toString) -}}
{{- $_ := set $config "kube-proxy-replacement" ($v.kubeProxyReplacement | toString) -}}
{{- if eq ($v.kubeProxyReplacement | toString) "true" -}}
{{- $_ := set $config "kube-proxy-replacement-healthz-bind-address" "" -}}
{{- end -}}
{{- $_ := set $config "external-envoy-proxy" (eq (include "part.envoy" .) "true" | toString) -}}
{{- if has $v.ipam.mode (list "" "cluster-pool") -}}
{{- $_ := set $config "ipam" "cluster-pool" -}}
{{- $_ := set $config "cluster-pool-ipv4-cidr" (kindIs "string" $v.ipam.operator.clusterPoolIPv4PodCIDRList | ternary $v.ipam.operator.clusterPoolIPv4PodCIDRList (join " " $v.ipam.operator.clusterPoolIPv4PodCIDRList)) -}}
{{- $_ := set $config "cluster-pool-ipv4-mask-size" ($v.ipam.operator.clusterPoolIPv4MaskSize | toString) -}}
{{- else if not $v.aksbyocni.enabled -}}
{{- $_ := set $config "ipam" $v.ipam.mode -}}
{{- end -}}
{{- if $v.logOptions -}}{{- $_ := set $config "log-opt" ($v.logOptions | toJson) -}}{{- end -}}
{{- if $v.prometheus.enabled -}}
{{- $_ := set $config "prometheus-serve-addr" (printf ":%v" $v.prometheus.port) -}}
{{- $_ := set $config "controller-group-metrics" "write-cni-file sync-host-ips sync-lb-maps-with-k8s-services" -}}
{{- end -}}
{{- if $v.operator.prometheus.enabled -}}
{{- $_ := set $config "operator-prometheus-serve-addr" (printf ":%v" $v.operator.prometheus.port) -}}
{{- $_ := set $config "enable-metrics" "true" -}}
{{- end -}}
{{- $_ := set $config "enable-hubble" ($v.hubble.enabled | toString) -}}
{{- if $v.hubble.enabled -}}
{{- $tls := "/var/lib/cilium/tls/hubble" -}}
{{- $_ := set $config "hubble-socket-path" "/var/run/cilium/hubble.sock" -}}
{{- $_ := set $config "hubble-network-policy-correlation-enabled" "true" -}}
{{- $_ := set $config "hubble-listen-address" ":4244" -}}
{{- $_ := set $config "hubble-disable-tls" "false" -}}
{{- $_ := set $config "hubble-tls-cert-file" (printf "%s/server.crt" $tls) -}}
{{- $_ := set $config "hubble-tls-key-file" (printf "%s/server.key" $tls) -}}
{{- $_ := set $config "hubble-tls-client-ca-files" (printf "%s/client-ca.crt" $tls) -}}
{{- if not (kindIs "invalid" $v.hubble.metrics.enabled) -}}
{{- $_ := set $config "hubble-metrics-server" (printf ":%v" $v.hubble.metrics.port) -}}
{{- $_ := set $config "hubble-metrics-server-enable-tls" "false" -}}
{{- $_ := set $config "enable-hubble-open-metrics" "false" -}}
{{- $_ := set $config "hubble-metrics" (join " " $v.hubble.metrics.enabled) -}}
{{- end -}}
{{- if $v.hubble.export.dynamic.enabled -}}
{{- $_ := set $config "hubble-flowlogs-config-path" "/flowlog-config/flowlogs.yaml" -}}
{{- end -}}
{{- end -}}
{{- range $key, $value := $v.extraConfig -}}{{- $_ := set $config $key ($value | toString) -}}{{- end -}}
{{- $config | toYaml -}}
{{- end -}}

{{- /* Upstream turns a null into true. */ -}}
{{- define "part.envoy" -}}
{{- and .Values.l7Proxy (or (kindIs "invalid" .Values.envoy.enabled) .Values.envoy.enabled) -}}
{{- end -}}

module aks-ebpf-sentinel.test/cilium-crds

go 1.26.0

require github.com/cilium/cilium v1.20.0

// No program: pins the module whose files hold the definitions of Tetragon's resources. They lie in no Go package.
module aks-ebpf-sentinel.test/tetragon-crds

go 1.26.0

require github.com/cilium/tetragon v1.7.0

// Command cilium-crds prints the definitions of Cilium's own resources, which cilium-operator registers when it
// starts and which no chart holds: YAML documents, each with the label by which the operator knows its version.
package main

import (
	"embed"
	"io/fs"
	"log"
	"os"
	"strings"

	ciliumio "github.com/cilium/cilium/pkg/k8s/apis/cilium.io"
	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/client/crds/v2"
	v2alpha1 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/client/crds/v2alpha1"
)

const label = "\nmetadata:\n  labels:\n    " +
	ciliumio.CustomResourceDefinitionSchemaVersionKey + ": " + ciliumio.CustomResourceDefinitionSchemaVersion + "\n"

func main() {
	for _, folder := range []embed.FS{v2.EmbedFS, v2alpha1.EmbedFS} {
		names, err := fs.Glob(folder, "*.yaml")
		if err != nil {
			log.Fatal(err)
		}
		for _, name := range names {
			text, err := folder.ReadFile(name)
			if err != nil {
				log.Fatal(err)
			}
			_, _ = os.Stdout.WriteString("---\n" + strings.Replace(string(text), "\nmetadata:\n", label, 1) + "\n")
		}
	}
}

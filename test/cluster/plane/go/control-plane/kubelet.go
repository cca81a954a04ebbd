package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/types"
	protocols "k8s.io/apimachinery/pkg/util/remotecommand"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/kubelet/pkg/cri/streaming/portforward"
	streaming "k8s.io/kubelet/pkg/cri/streaming/remotecommand"
	"k8s.io/utils/exec"
)

const (
	idle     = time.Hour
	creation = 30 * time.Second
)

// The kubelet's streaming half: it speaks the protocols of exec and port-forward, and has everything answered by the
// harness behind it, over plain HTTP. Logs and all else are passed on as they come.
func kubelet(args []string) error {
	flags := flag.NewFlagSet("kubelet", flag.ExitOnError)
	address := flags.String("address", "", "host:port to listen on")
	certificate := flags.String("tls-cert-file", "", "PEM file of the server's certificate")
	key := flags.String("tls-private-key-file", "", "PEM file of its key")
	clientCA := flags.String("client-ca-file", "", "PEM file of the CA that signs clients")
	backend := flags.String("backend", "", "host:port of the harness")
	if err := flags.Parse(args); err != nil {
		return err
	}
	authority, err := os.ReadFile(*clientCA)
	if err != nil {
		return err
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(authority)
	harness := &harness{address: *backend}
	mux := http.NewServeMux()
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", harness.exec)
	mux.HandleFunc("/portForward/{namespace}/{pod}", harness.portForward)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: *backend})
	proxy.FlushInterval = -1
	mux.Handle("/", proxy)
	server := &http.Server{
		Addr:    *address,
		Handler: mux,
		// An upgrade to SPDY takes the connection over, which HTTP/2 does not allow.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		TLSConfig:    &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients},
	}
	return server.ListenAndServeTLS(*certificate, *key)
}

type harness struct{ address string }

// What a command in a container said, and how it ended; or why it could not be started.
type answer struct {
	Stdout   string `json:"stdout"`
	Stderr   string `json:"stderr"`
	ExitCode int    `json:"exitCode"`
	Failure  string `json:"failure"`
}

// The harness is asked before the connection is upgraded: what it refuses is refused as a kubelet does, by a status.
func (h *harness) exec(w http.ResponseWriter, r *http.Request) {
	question, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "http://"+h.address+r.URL.RequestURI(), nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	said, err := http.DefaultClient.Do(question)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer said.Body.Close()
	if said.StatusCode != http.StatusOK {
		w.WriteHeader(said.StatusCode)
		_, _ = io.Copy(w, said.Body)
		return
	}
	var result answer
	if err := json.NewDecoder(said.Body).Decode(&result); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	options, err := streaming.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	streaming.ServeExec(w, r, result, r.PathValue("pod"), "", r.PathValue("container"), r.URL.Query()["command"],
		options, idle, creation, protocols.SupportedStreamingProtocols)
}

func (a answer) ExecInContainer(_ context.Context, _ string, _ types.UID, _ string, _ []string, _ io.Reader,
	out, failed io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	if out != nil {
		_, _ = io.WriteString(out, a.Stdout)
	}
	if failed != nil {
		_, _ = io.WriteString(failed, a.Stderr)
	} else if out != nil {
		_, _ = io.WriteString(out, a.Stderr)
	}
	if a.Failure != "" {
		return errors.New(a.Failure)
	}
	if a.ExitCode == 0 {
		return nil
	}
	return exec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", a.ExitCode), Code: a.ExitCode}
}

func (h *harness) portForward(w http.ResponseWriter, r *http.Request) {
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pod := r.PathValue("pod") + "." + r.PathValue("namespace") + ".pod"
	portforward.ServePortForward(w, r, h, pod, "", options, idle, creation, portforward.SupportedProtocols)
}

// PortForward joins a stream with a port of a pod, which the harness opens for CONNECT <pod>.<namespace>.pod:<port>.
func (h *harness) PortForward(_ context.Context, pod string, _ types.UID, port int32, stream io.ReadWriteCloser) error {
	connection, err := net.Dial("tcp", h.address)
	if err != nil {
		return err
	}
	defer connection.Close()
	fmt.Fprintf(connection, "CONNECT %[1]s:%[2]d HTTP/1.1\r\nHost: %[1]s:%[2]d\r\n\r\n", pod, port)
	reader := bufio.NewReader(connection)
	opened, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return err
	}
	if opened.StatusCode != http.StatusOK {
		return fmt.Errorf("failed to connect to localhost:%d inside the pod: connection refused", port)
	}
	go func() {
		_, _ = io.Copy(connection, stream)
		_ = connection.(*net.TCPConn).CloseWrite()
	}()
	_, err = io.Copy(stream, reader)
	return err
}

// Command kwok is kwok's controller on a leash: it ends when its standard input does, so that whoever started it
// cannot leave it behind, however they die.
package main

import (
	"io"
	"os"

	"github.com/spf13/pflag"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

func main() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	// The --config files are read before the command's own flags are known.
	early := pflag.NewFlagSet("config", pflag.ContinueOnError)
	early.ParseErrorsWhitelist.UnknownFlags = true
	early.Usage = func() {}
	ctx, logger := log.InitFlags(signals.SetupSignalContext(), early)
	ctx, err := config.InitFlags(ctx, early)
	if err == nil {
		command := cmd.NewCommand(ctx)
		command.PersistentFlags().AddFlagSet(early)
		err = command.ExecuteContext(ctx)
	}
	if err != nil {
		logger.Error("kwok ended", err)
		os.Exit(1)
	}
}

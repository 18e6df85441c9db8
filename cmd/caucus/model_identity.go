package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"

	"caucus/engine"
)

// fingerprint tells the samples of this model apart from those of others.
func (m *openedModel) fingerprint(p engine.Params, maxTokens int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %v %v %v %q %q %+v %d", m.print, m.Model.Format(), m.Model.Ops.Precision().KV,
		m.Model.Ops.Precision().Inputs, m.suffix, m.Landing, p, maxTokens))
	return hex.EncodeToString(sum[:])
}

// machineName says where samples were drawn.
func machineName(from source) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("%s, %s/%s, %d processors, %s", host, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), from.computes())
}

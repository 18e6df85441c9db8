package main

import (
	"slices"
	"testing"
)

// TestALedgerKeepsWhatDecidesASample: a flag of the model that it does not keep would make another model of a resumed run.
func TestALedgerKeepsWhatDecidesASample(t *testing.T) {
	elsewhere := []string{"model"}                                        // which settings makes absolute
	indifferent := []string{"device", "threads", "api-key-file", "hedge"} // they say where and how it is computed
	for _, f := range sourceFlags() {
		if name := f.Names()[0]; !slices.Contains(slices.Concat(sampleSettings, elsewhere, indifferent), name) {
			t.Errorf("--%s is not kept", name)
		}
	}
}

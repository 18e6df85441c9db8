package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets tests run this program, and a busy loop, as processes: both are in PATH.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"caucus": main,
		"spin":   spin,
	})
}

func spin() {
	for {
	}
}

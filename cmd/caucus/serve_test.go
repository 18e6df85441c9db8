package main

import (
	"net"
	"testing"
)

func TestWhatIsServedEverywhereIsReachedAtLocalhost(t *testing.T) {
	for listened, want := range map[string]string{
		"[::]:8080": "localhost:8080", "0.0.0.0:8080": "localhost:8080", "127.0.0.1:8080": "127.0.0.1:8080", "[::1]:8080": "[::1]:8080",
	} {
		a, err := net.ResolveTCPAddr("tcp", listened)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachedAt(a); got != want {
			t.Errorf("%s is said to be reached at %s, want %s", listened, got, want)
		}
	}
}

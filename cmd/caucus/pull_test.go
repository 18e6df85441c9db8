package main

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

const (
	pulledCommit = "0123456789abcdef0123456789abcdef01234567"
	pullToken    = "hf_OfTheScripts"
)

// hubOf serves the files of a folder as model org/name, which anybody gets, and as org/gated, which takes the token.
func hubOf(folder string) http.Handler {
	mux := http.NewServeMux()
	open := func(serve http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			switch name := r.PathValue("name"); {
			case name != "name" && name != "gated":
				w.WriteHeader(http.StatusNotFound)
			case name == "gated" && r.Header.Get("Authorization") != "Bearer "+pullToken:
				w.WriteHeader(http.StatusUnauthorized)
			default:
				serve(w, r)
			}
		}
	}
	mux.HandleFunc("/api/models/org/{name}/revision/main", open(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"sha": "` + pulledCommit + `"}`))
	}))
	mux.HandleFunc("/api/models/org/{name}/tree/"+pulledCommit, open(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(listingOf(folder))
	}))
	mux.HandleFunc("/org/{name}/resolve/"+pulledCommit+"/{file}", open(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(folder, r.PathValue("file")))
	}))
	return mux
}

func listingOf(folder string) (items []map[string]any) {
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		data, _ := os.ReadFile(filepath.Join(folder, entry.Name()))
		item := map[string]any{"type": "file", "path": entry.Name(), "size": len(data),
			"oid": fmt.Sprintf("%x", sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(data)), data...)))}
		if strings.HasSuffix(entry.Name(), ".safetensors") {
			item["lfs"] = map[string]any{"oid": fmt.Sprintf("%x", sha256.Sum256(data)), "size": len(data)}
		}
		items = append(items, item)
	}
	return items
}

// serveHub is the script command hub FOLDER, which HF_ENDPOINT names from then on.
func serveHub(ts *testscript.TestScript, args []string) error {
	server := httptest.NewServer(hubOf(ts.MkAbs(args[0])))
	ts.Defer(server.Close)
	ts.Setenv("HF_ENDPOINT", server.URL)
	return nil
}

// TestAnInterruptedPullSaysHowToGoOn: and the same command does.
func TestAnInterruptedPullSaysHowToGoOn(t *testing.T) {
	source, folder := t.TempDir(), filepath.Join(t.TempDir(), "here")
	for name, data := range map[string][]byte{"config.json": []byte("{}"), "model.safetensors": bytes.Repeat([]byte("a"), 1<<20)} {
		if err := writeFile(filepath.Join(source, name), data); err != nil {
			t.Fatal(err)
		}
	}
	ctx, interrupt := context.WithCancel(t.Context())
	whole := hubOf(source)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() == nil && strings.HasSuffix(r.URL.Path, ".safetensors") {
			_, _ = w.Write(bytes.Repeat([]byte("a"), 1<<19))
			_ = http.NewResponseController(w).Flush()
			awaitFile(t, filepath.Join(folder, "model.safetensors.part"), 1<<19)
			interrupt()
			<-r.Context().Done()
			return
		}
		whole.ServeHTTP(w, r)
	}))
	defer server.Close()
	t.Setenv("HF_ENDPOINT", server.URL)
	t.Setenv("HF_TOKEN", pullToken)
	var out bytes.Buffer
	code, errs := runHere(t, ctx, "", &out, "model", "pull", "--to", folder, "org/gated")
	want := "caucus: interrupted while fetching org/gated; what has come stays in " + folder + ", and the same command goes on with it\n"
	if code != exitFailed || out.Len() > 0 || !strings.HasSuffix(errs, want) {
		t.Errorf("exit code %d: %s", code, errs)
	}
	code, errs = runHere(t, t.Context(), "", &out, "model", "pull", "--to", folder, "org/gated")
	if code != 0 || !strings.Contains(errs, "of which 524 kB are there") || !strings.Contains(out.String(), "org/gated is in "+folder) {
		t.Errorf("exit code %d: %s%s", code, errs, out.String())
	}
}

func awaitFile(t *testing.T, path string, size int64) {
	for end := time.Now().Add(soonHere); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if info, err := os.Stat(path); err == nil && info.Size() >= size {
			return
		}
	}
	t.Errorf("%s does not come", path)
}

// soonHere is longer than a busy machine takes.
const soonHere = 30 * time.Second

func TestPathsAreQuotedForShells(t *testing.T) {
	for path, want := range map[string]string{
		"name": "name", "a/b-c_d.gguf": "a/b-c_d.gguf", "my models/x": "'my models/x'", "a'b": `'a'\''b'`, "$HOME": "'$HOME'",
	} {
		if got := quoted(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}

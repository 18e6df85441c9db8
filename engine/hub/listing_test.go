package hub

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestHostileListingsAreRefused(t *testing.T) {
	file := func(name string, more ...any) map[string]any {
		item := map[string]any{"type": "file", "path": name, "size": 3, "oid": strings.Repeat("a", 40)}
		for i := 0; i < len(more); i += 2 {
			item[more[i].(string)] = more[i+1]
		}
		return item
	}
	for _, c := range []struct {
		item map[string]any
		want string
	}{
		{file("../config.json"), `the name "../config.json" is refused`},
		{file("a/../../b.json"), "is refused"},
		{file(".."), "is refused"},
		{file(""), "is refused"},
		{file("/etc/passwd.json"), "is refused"},
		{file("a//b.json"), "is refused"},
		{file(`..\config.json`), "is refused"},
		{file(`C:\x.json`), "is refused"},
		{file("c:x.json"), "is refused"},
		{file("a\x00.json"), "is refused"},
		{file("a\x1b[2J.json"), `"a\x1b[2J.json" is refused`},
		{file(strings.Repeat("a", 2000) + ".json"), "is refused"},
		{file("Config.json"), `the name "Config.json" is refused`}, // beside config.json
		{file("a.json", "size", -1), "the size of \"a.json\" is refused"},
		{file("a.json", "size", int64(fileBytes)+1), "the size of \"a.json\" is refused"},
		{file("a.json", "size", 1e300), "not in the hub's form"},
		{file("a.json", "size", "12"), "not in the hub's form"},
		{file("a.json", "oid", ""), `"a.json" has no checksum`},
		{file("a.json", "oid", strings.Repeat("A", 40)), "has no checksum"},
		{file("a.json", "lfs", map[string]any{"size": 4}), "has no checksum"},
		{file("a.json", "lfs", map[string]any{"size": -4, "oid": strings.Repeat("a", 64)}), "the size of"},
	} {
		f, folder := newFakeHub(t), fresh(t)
		f.listed = func(items []map[string]any) []map[string]any { return append(items, c.item) }
		p := f.pull(t.Context(), f.client(), folder, "")
		wants(t, p.err, "org/name: ", c.want)
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%v: there is a folder", c.item)
		}
	}
}

func TestAListingWithoutEndIsRefused(t *testing.T) {
	f := newFakeHub(t)
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/tree/") {
			return false
		}
		w.Header().Set("Link", `</api/models/org/name/tree/x>; rel="next"`)
		_, _ = w.Write([]byte("[]"))
		return true
	}
	_, err := f.client().Find(t.Context(), aRepo, "main", func(string) {})
	wants(t, err, "look up org/name: its listing does not end after 100 pages")

	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/tree/") {
			_, err := w.Write([]byte("["))
			for err == nil {
				_, err = w.Write(bytes.Repeat([]byte(" "), 1<<16))
			}
			return true
		}
		return false
	}
	_, err = f.client().Find(t.Context(), aRepo, "main", func(string) {})
	wants(t, err, "a page of its listing has more than 4194304 bytes")
}

func TestAListingMustGoOnAtTheSameServer(t *testing.T) {
	for _, next := range []string{"http://example.org/", "//example.org/x", "https://127.0.0.1/", "http://user@%s/x", "%%zz", "ftp:x"} {
		f := newFakeHub(t)
		f.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/tree/") {
				return false
			}
			w.Header().Set("Link", "<"+strings.ReplaceAll(next, "%s", r.Host)+`>; rel="next"`)
			_, _ = w.Write([]byte("[]"))
			return true
		}
		_, err := f.client().Find(t.Context(), aRepo, "main", func(string) {})
		wants(t, err, "its listing goes on at another server")
	}
}

func TestARevisionMustBeACommit(t *testing.T) {
	for _, sha := range []string{"", "main", "../../x", strings.Repeat("g", 40), "[1]"} {
		f := newFakeHub(t)
		f.commit = sha
		_, err := f.client().Find(t.Context(), aRepo, "main", func(string) {})
		wants(t, err, "look up org/name: the server names no commit")
	}
}

func TestARevisionIsAskedForAsItIs(t *testing.T) {
	f := newFakeHub(t)
	if _, err := f.client().Find(t.Context(), aRepo, "refs/pr/1", func(string) {}); err != nil {
		t.Fatal(err)
	}
	if asked := f.requests("/revision/refs/pr/1"); len(asked) != 1 {
		t.Errorf("%q", f.asked)
	}
}

func TestNamesOfModels(t *testing.T) {
	for repo, good := range map[string]bool{
		"org/name": true, "Qwen/Qwen3-0.6B": true, "a/b_c.d": true, "name": false, "a/b/c": false, "": false, "/": false, "org/": false,
		"../x": false, "a/..": false, "a/b..c": false, "a/.b": false, "a/-b": false, "https://huggingface.co/a/b": false, "a/b?c": false,
	} {
		if err := CheckRepo(repo); (err == nil) != good {
			t.Errorf("%q: %v", repo, err)
		}
	}
}

func TestNeededAreWeightsAndWhatDescribesThem(t *testing.T) {
	for _, c := range []struct {
		files, gguf, want string
	}{
		{"config.json model.safetensors", "", "config.json model.safetensors"},
		{"config.json a.safetensors.index.json a.safetensors x/y.safetensors a.bin", "", "config.json a.safetensors.index.json a.safetensors"},
		{"config.json a.safetensors b.gguf", "b.gguf", "config.json b.gguf"},
	} {
		files, err := aModel(c.files).Needed(c.gguf)
		var got []string
		for _, f := range files {
			got = append(got, f.Name)
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("of %s: %q, %v", c.files, got, err)
		}
	}
}

func TestAModelWithoutUsableWeightsSaysWhatItHas(t *testing.T) {
	for _, c := range []struct{ files, gguf, want string }{
		{"config.json", "", "org/name has neither safetensors nor .gguf files at its top level"},
		{"model.safetensors", "", "org/name has no config.json"},
		{"config.json consolidated.safetensors", "", "neither"},
		{"config.json x/model.safetensors", "", "neither"},
		{"config.json pytorch_model.bin", "", "no safetensors, only pytorch_model.bin (3 B); .bin and .pt files are not supported"},
		{"config.json a.bin b.gguf c.gguf", "", "choose one with --file: b.gguf (3 B), c.gguf (3 B)"},
		{"config.json b.gguf", "c.gguf", "org/name has no file c.gguf at its top level; it has b.gguf (3 B)"},
		{"config.json a.safetensors", "c.gguf", "it has none of that kind"},
		{"q-00001-of-00002.gguf q-00002-of-00002.gguf z.gguf", "q-00002-of-00002.gguf",
			"q-00002-of-00002.gguf is a part of a model, of which only whole ones are read; org/name has z.gguf (3 B)"},
	} {
		_, err := aModel(c.files).Needed(c.gguf)
		wants(t, err, c.want)
	}
	_, err := aModel(strings.Repeat("a.gguf ", 40)).Needed("")
	wants(t, err, ", and 10 more")
}

func aModel(names string) Model {
	m := Model{Repo: aRepo}
	for _, name := range strings.Fields(names) {
		m.Files = append(m.Files, File{Name: name, Size: 3})
	}
	return m
}

// FuzzListing: whatever a server lists, what is taken of it has a name within the folder, a size and a checksum.
func FuzzListing(f *testing.F) {
	f.Add([]byte(`[{"type":"file","path":"config.json","size":3,"oid":"` + strings.Repeat("a", 40) + `"}]`))
	f.Add([]byte(`[{"type":"file","path":"../x","lfs":{"oid":"` + strings.Repeat("a", 64) + `","size":9}},{"type":"directory"}]`))
	f.Add([]byte(`[{"type":"file","path":"a.safetensors","size":1,"oid":"` + strings.Repeat("0", 40) + `"},{}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := parseListing(data)
		if err != nil {
			return
		}
		m := Model{Repo: aRepo, Files: append(files, File{Name: "config.json"}, File{Name: "x.safetensors"})}
		needed, err := m.Needed("")
		if err != nil {
			return
		}
		for _, file := range needed {
			if !fs.ValidPath(file.Name) || filepath.Base(file.Name) != file.Name || !filepath.IsLocal(file.part()) || file.Size < 0 {
				t.Errorf("%+v", file)
			}
		}
		if n := len(slices.Compact(needed)); n != len(needed) {
			t.Error(fmt.Sprint("twice the same in ", needed))
		}
	})
}

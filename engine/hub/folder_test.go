package hub

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAFolderOfSomethingElseIsRefusedAndNotTouched(t *testing.T) {
	f := newFakeHub(t)
	for name, make := range map[string]func(folder string) error{
		"notes.txt": func(folder string) error { return os.WriteFile(filepath.Join(folder, "notes.txt"), nil, 0o600) },
		"config.json": func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "config.json"), f.files["config.json"], 0o600)
		},
		"config.json.part": func(folder string) error { return os.WriteFile(filepath.Join(folder, "config.json.part"), nil, 0o600) },
		"src":              func(folder string) error { return os.Mkdir(filepath.Join(folder, "src"), 0o700) },
	} {
		folder := t.TempDir()
		if err := make(folder); err != nil {
			t.Fatal(err)
		}
		p := f.pull(t.Context(), f.client(), folder, "")
		wants(t, p.err, "use the folder "+folder+`: it holds "`+name+`", which was not fetched of this model`)
		if got := namesIn(t, folder); len(got) != 1 {
			t.Errorf("it has %q now", got)
		}
	}
}

func TestAFolderOfAnotherModelIsRefused(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.pull(t.Context(), f.client(), folder, "")
	_, err := OpenFolder(folder, "org/other")
	wants(t, err, "use the folder "+folder+": it is for org/name; name another folder")
}

func TestAFolderWithALinkOutOfItIsRefused(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.pull(t.Context(), f.client(), folder, "")
	target, link := filepath.Join(t.TempDir(), "precious"), filepath.Join(folder, "config.json"+partSuffix)
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	_, err := OpenFolder(folder, aRepo)
	wants(t, err, `it holds "config.json.part"`)
}

func TestADamagedRecordIsRefused(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.pull(t.Context(), f.client(), folder, "")
	good, err := os.ReadFile(filepath.Join(folder, recordName))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "{}", "[]", string(good[:len(good)/2]),
		strings.ReplaceAll(string(good), "tokenizer.json", "../tokenizer.json"),
		strings.ReplaceAll(string(good), "tokenizer.json", "x/tokenizer.json")} {
		if err := os.WriteFile(filepath.Join(folder, recordName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := OpenFolder(folder, aRepo)
		wants(t, err, "its .caucus-pull.json is damaged")
	}
}

func TestTwoPullsIntoOneFolderAreRefused(t *testing.T) {
	folder := fresh(t)
	one, err := OpenFolder(folder, aRepo)
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenFolder(folder, aRepo)
	wants(t, err, "another caucus is fetching into it; wait for that, or name another folder")
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the folder was made in vain, and is still there")
	}
	two, err := OpenFolder(folder, aRepo)
	if err != nil {
		t.Fatal(err)
	}
	if err := two.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderThatCannotBeMadeIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "x")} {
		_, err := OpenFolder(path, aRepo)
		wants(t, err, path)
	}
}

func TestAModelThatIsTooLargeForTheDiskIsRefused(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.listed = func(items []map[string]any) []map[string]any {
		for _, item := range items {
			if lfs, ok := item["lfs"].(map[string]any); ok {
				lfs["size"] = int64(fileBytes)
			}
		}
		return items
	}
	p := f.pull(t.Context(), f.client(), folder, "")
	wants(t, p.err, "there is no room in "+folder+": 8.8 TB are to be fetched, and the disk has ", " free; make room, or name a folder elsewhere")
	if _, err := os.Stat(folder); err == nil {
		t.Error("there is a folder")
	}
}

func TestTheRecordTellsWhatTheFolderHas(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.pull(t.Context(), f.client(), folder, "")
	data, err := os.ReadFile(filepath.Join(folder, recordName))
	if err != nil {
		t.Fatal(err)
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil || r.Repo != aRepo || r.Revision != "main" || r.Commit != aCommit || len(r.Files) != 5 {
		t.Errorf("%v in %s", err, data)
	}
	if !slices.ContainsFunc(r.Files, func(f File) bool { return f.Name == first && f.Size == twoMiB+1 && len(f.SHA256) == 64 }) {
		t.Errorf("%s", data)
	}
}

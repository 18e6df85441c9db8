package hub

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
)

// Needed are the files that it takes to run the model: its safetensors, or the .gguf file of this name unless that is empty,
// with what describes them. Whatever stands in folders is another form of the same, or none of the model's.
func (m Model) Needed(gguf string) ([]File, error) {
	weights, err := m.weights(gguf)
	if err != nil {
		return nil, err
	}
	files := append(m.top(isDescription), weights...)
	seen := make(map[string]bool)
	for _, f := range files {
		folded := strings.ToLower(f.Name) // as file systems of two kinds do
		if seen[folded] || !filepath.IsLocal(f.Name) || strings.Contains(f.Name, ":") {
			return nil, fmt.Errorf("%s: the name %q is refused: not every folder can hold it beside the others", m.Repo, f.Name)
		}
		seen[folded] = true
	}
	return files, nil
}

func (m Model) weights(gguf string) ([]File, error) {
	if gguf != "" {
		if isPart.MatchString(gguf) {
			return nil, fmt.Errorf("%s is a part of a model, of which only whole ones are read; %s has %s", gguf, m.Repo, names(m.top(isGGUF)))
		}
		if files := m.top(is(gguf)); len(files) > 0 {
			return files, nil
		}
		return nil, fmt.Errorf("%s has no file %s at its top level; it has %s", m.Repo, gguf, names(m.top(isGGUF)))
	}
	tensors := m.top(isTensors)
	switch {
	case len(tensors) > 0 && len(m.top(is("config.json"))) > 0:
		return tensors, nil
	case len(tensors) > 0:
		return nil, fmt.Errorf("%s has no config.json, without which its tensors are no model", m.Repo)
	case len(m.top(isGGUF)) > 0:
		return nil, fmt.Errorf("%s has .gguf files; choose one with --file: %s", m.Repo, names(m.top(isGGUF)))
	case len(m.top(isPickle)) > 0:
		return nil, fmt.Errorf("%s has no safetensors, only %s; .bin and .pt files are not supported, "+
			"look for the model in safetensors", m.Repo, names(m.top(isPickle)))
	}
	return nil, fmt.Errorf("%s has neither safetensors nor .gguf files at its top level", m.Repo)
}

// top are the files in no folder that fit.
func (m Model) top(fits func(name string) bool) []File {
	var files []File
	for _, f := range m.Files {
		if !strings.Contains(f.Name, "/") && !strings.HasPrefix(f.Name, ".") && fits(f.Name) {
			files = append(files, f)
		}
	}
	return files
}

func is(wanted string) func(string) bool { return func(name string) bool { return name == wanted } }

// isForeign is the same model in the form of its makers' own program.
func isForeign(name string) bool { return strings.HasPrefix(name, "consolidated") }

func isTensors(name string) bool { return path.Ext(name) == ".safetensors" && !isForeign(name) }
func isGGUF(name string) bool    { return path.Ext(name) == ".gguf" && !isPart.MatchString(name) }

func isDescription(name string) bool {
	ext := path.Ext(name)
	return (ext == ".json" || ext == ".jinja") && !isForeign(name)
}

func isPickle(name string) bool {
	return slices.Contains([]string{".bin", ".pt", ".pth", ".ckpt"}, path.Ext(name))
}

// isPart tells one of several .gguf files that make a model.
var isPart = regexp.MustCompile(`-\d{5}-of-\d{5}\.gguf$`)

// names lists files for a person, the first of them if there are many.
func names(files []File) string {
	const most = 30
	var all []string
	for i, f := range files {
		if i == most {
			all = append(all, fmt.Sprintf("and %d more", len(files)-most))
			break
		}
		all = append(all, fmt.Sprintf("%s (%s)", f.Name, humanize.Bytes(uint64(f.Size))))
	}
	if len(all) == 0 {
		return "none of that kind"
	}
	return strings.Join(all, ", ")
}

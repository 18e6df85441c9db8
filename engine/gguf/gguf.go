// Package gguf reads a GGUF file, the model format of llama.cpp, as the folder that it was made from: a checkpoint in
// Hugging Face's form. So there is one way to read a model, whatever form it comes in.
//
// Most callers need four calls:
//
//	file, err := gguf.Open("SmolLM2-135M-Instruct-Q4_K_M.gguf")
//	folder, err := file.FS()                                        // config.json, tokenizer.json, ...
//	query, err := file.Matrix("model.layers.0.self_attn.q_proj.weight", 576, 576)
//	err = file.Close()
//
// The rules:
//
//   - Tensors have the names and shapes that transformers gives them, and what the converter of llama.cpp did to them is
//     undone: rows that were permuted are put back in order, what was split is joined, and A_log is the logarithm again.
//     Names are exactly those that the checkpoint would have.
//   - Numbers are what the format's definition says, to the bit, in F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1 and Q2_K
//     to Q6_K. Other formats may be present, and are an error when they are read.
//   - A file is mapped, not read, where the system can do so: opening is cheap, and rows are decoded when they are asked
//     for. The file must not be changed or truncated while it is open.
//   - A file is not trusted. Its header is bounded and checked before anything is used, and takes memory in proportion to
//     what is really there. Tensors and keys of the network that are not known are refused, since to leave them out
//     would give another model.
//   - A File may be read by many goroutines at once. Close must come after the last read.
//
// The architectures are llama (and with it Mistral and SmolLM), qwen2, granite, granitehybrid (Granite 4 and Bamba), jamba,
// nemotron_h and falcon-h1. Not read, since the file does not have all that the folder had, or since it would take
// another engine, are
//
//   - models with experts, but for granitehybrid's, and models in several files;
//   - Falcon-H1 with a shared embedding: its multipliers are part of the weights, and one weight cannot have two;
//   - a tokenizer of the kind "llama" whose scores are all the same, as llama.cpp makes it from some folders without
//     tokenizer.model: its merges are lost;
//   - a tokenizer of a kind "gpt2" whose way to split text is not named, or not known here.
//
// The format is described at https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
package gguf

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"caucus/engine/internal/filemap"
	"caucus/kernels"
)

// File is an open GGUF file.
type File struct {
	name    string
	values  map[string]value
	config  map[string]any
	tensors map[string]view
	release func() error
}

// Open opens the file at a path.
func Open(path string) (*File, error) {
	data, release, err := filemap.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open GGUF file: %w", err)
	}
	f, err := Parse(data, path)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	f.release = release
	return f, nil
}

// Parse reads a file held in memory. The File keeps data, which must not change; name is for errors.
func Parse(data []byte, name string) (*File, error) {
	h, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: read header: %w", name, err)
	}
	f := &File{name: name, release: func() error { return nil }}
	if err := f.interpret(h); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// interpret makes of the file's keys and tensors those of transformers.
func (f *File) interpret(h header) error {
	m := &metadata{values: h.values, read: make(map[string]bool)}
	m.arch = m.text("general.architecture")
	if parts, ok := m.lookup("split.count"); ok {
		if n, _ := parts.integer(); n != 1 {
			return fmt.Errorf("split.count: it is one of %v files of a model; join them with llama-gguf-split --merge", parts)
		}
	}
	family := familyOf(m)
	if family == nil {
		return fmt.Errorf("general.architecture: %q is not supported, only %q", m.arch, slices.Sorted(maps.Keys(families)))
	}
	n := &network{metadata: m, tensors: make(map[string]tensor, len(h.tensors)), config: make(map[string]any)}
	for _, t := range h.tensors {
		n.tensors[t.name] = t
	}
	if n.describe(family); n.err != nil {
		return n.err
	}
	f.values, f.config = h.values, n.config
	var err error
	f.tensors, err = family.views(n)
	return err
}

// views are the tensors as transformers has them. All of the file's must be known.
func (f *family) views(n *network) (map[string]view, error) {
	views, left := make(map[string]view, len(n.tensors)), maps.Clone(n.tensors)
	put := func(from, to string, v view, err error) error {
		if _, twice := views[to]; twice {
			err = fmt.Errorf("there are two that are %s", to)
		}
		if err != nil {
			return fmt.Errorf("tensor %q: %w", from, err)
		}
		views[to] = v
		return nil
	}
	for layer := range n.layers {
		at := func(pattern string) string { return strings.Replace(pattern, "#", strconv.Itoa(layer), 1) }
		for _, r := range f.tensors {
			from := at(r.from)
			t, ok := left[from]
			if !ok {
				continue
			}
			delete(left, from)
			v, err := r.view(n, t)
			if err := put(from, at(r.to), v, err); err != nil {
				return nil, err
			}
		}
		for _, u := range f.fused {
			upper, ok := left[at(u.upper)]
			lower, too := left[at(u.lower)]
			if !ok || !too {
				continue
			}
			delete(left, upper.name)
			delete(left, lower.name)
			v, err := above(upper, lower)
			if err := put(upper.name, at(u.to), v, err); err != nil {
				return nil, err
			}
		}
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("tensor %q is not one that a %s of %d layers has, or lacks its other half",
			slices.Min(slices.Collect(maps.Keys(left))), n.arch, n.layers)
	}
	return views, nil
}

// Names lists the tensors, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.tensors)) }

// Has tells whether there is a tensor of this name.
func (f *File) Has(name string) bool {
	_, ok := f.tensors[name]
	return ok
}

// Shape returns a tensor's shape, outermost dimension first. It is the caller's to keep.
func (f *File) Shape(name string) ([]int, bool) {
	v, ok := f.tensors[name]
	return slices.Clone(v.shape), ok
}

// Floats returns a tensor's values in row-major order. The tensor must have the shape that is given; when none is given,
// any will do.
func (f *File) Floats(name string, shape ...int) ([]float32, error) {
	v, err := f.find(name, shape...)
	if err != nil {
		return nil, err
	}
	return v.floats(), nil
}

// Matrix returns a tensor to be read row by row, its last dimension at a time, until Close. It must have the shape that is
// given.
func (f *File) Matrix(name string, shape ...int) (kernels.Source, error) {
	v, err := f.find(name, shape...)
	if err != nil {
		return kernels.Source{}, err
	}
	return kernels.Source{Out: v.rows, In: v.width(), Stored: v.stored(), Row: v.read}, nil
}

// find returns a tensor that can be read, of the given shape if there is one.
func (f *File) find(name string, shape ...int) (view, error) {
	v, ok := f.tensors[name]
	if !ok {
		return v, fmt.Errorf("%s: no tensor %q", f.name, name)
	}
	for _, p := range v.parts {
		if p.format.decode == nil {
			return v, fmt.Errorf("%s: tensor %q (%s in the file): the format %s is not supported; there are F32, F16, BF16, "+
				"Q8_0, Q4_0 to Q5_1 and Q2_K to Q6_K", f.name, name, p.name, p.format.name)
		}
	}
	if len(shape) > 0 && !slices.Equal(shape, v.shape) {
		return v, fmt.Errorf("%s: tensor %q is %s%v, want shape %v", f.name, name, v.format(), v.shape, shape)
	}
	return v, nil
}

// Close gives back the memory of the file. The File is empty afterwards; slices that Floats returned stay valid.
func (f *File) Close() error {
	release := f.release
	f.tensors, f.values, f.release = nil, nil, func() error { return nil }
	if err := release(); err != nil {
		return fmt.Errorf("close %s: %w", f.name, err)
	}
	return nil
}

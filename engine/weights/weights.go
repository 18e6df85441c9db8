// Package weights reads the tensors of a model from safetensors files.
//
// Most callers need four calls:
//
//	file, err := weights.Open("M1-3B")                         // a folder, whole or in shards, or one file
//	table, err := file.Floats("model.norm.weight", 3072)       // float32, whatever the file stores
//	embed, err := file.Matrix("lm_head.weight", 128256, 3072)  // the same, row by row
//	err = file.Close()
//
// OpenFS does the same for a folder inside an fs.FS, and Parse for bytes in memory. Write makes such a file.
//
// The rules:
//
//   - A file is mapped, not read, where the system can do so: opening is cheap, and a tensor costs memory when it is
//     asked for. The file must not be changed or truncated while it is open.
//   - A file is not trusted. Its header is bounded and checked before anything is used: names are unique, every tensor
//     has the size that its type and shape say, and the tensors fill the data without overlap or gap.
//   - F32, F16, BF16, F64 and the 8-bit floats convert to float32, matrices of the last times their factors. Other types,
//     known or not, may be present, and are an error only when they are read.
//   - A File may be read by many goroutines at once. Close must come after the last read.
//
// The format is described at https://github.com/huggingface/safetensors.
package weights

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"caucus/kernels"
)

// File is a set of named tensors, of one safetensors file or of all the shards of a checkpoint.
type File struct {
	name     string
	tensors  map[string]tensor
	releases []func() error // unmap what tensors point into
}

// tensor is one entry of a header: a checked window into a file's data.
type tensor struct {
	file  string
	dtype DType
	shape []int
	data  []byte
}

// Names lists the tensors, sorted, without those that only say how another is to be read.
func (f *File) Names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(f.tensors)), f.isCompanion)
}

// Has tells whether there is a tensor of this name.
func (f *File) Has(name string) bool {
	_, ok := f.tensors[name]
	return ok
}

// Shape returns a tensor's shape, outermost dimension first: empty for a scalar. It is the caller's to keep.
func (f *File) Shape(name string) ([]int, bool) {
	t, ok := f.tensors[name]
	return slices.Clone(t.shape), ok
}

// Floats returns a tensor's values in row-major order. The tensor must have the shape that is given; when none is
// given, any will do. Values that float32 cannot hold are rounded to nearest.
func (f *File) Floats(name string, shape ...int) ([]float32, error) {
	t, _, err := f.find(name, shape)
	if err != nil {
		return nil, err
	}
	values := make([]float32, len(t.data)/sizes[t.dtype])
	t.dtype.decode(values, t.data)
	return values, nil
}

// Matrix returns a tensor to be read row by row, its last dimension at a time, until Close. It must have the shape that is
// given.
func (f *File) Matrix(name string, shape ...int) (kernels.Source, error) {
	t, format, err := f.find(name, shape)
	if err != nil {
		return kernels.Source{}, err
	}
	in := shape[len(shape)-1]
	size := in * sizes[t.dtype]
	source := kernels.Source{Out: len(t.data) / size, In: in, Stored: format, Row: func(to []float32, o int) {
		t.dtype.decode(to, t.data[o*size:(o+1)*size])
	}}
	if isF8(t.dtype) {
		factors, err := f.scalesOf(name, source.Out, in)
		if err != nil {
			return kernels.Source{}, err
		}
		if factors != nil {
			return factors.apply(source), nil
		}
	}
	return source, nil
}

// find returns a tensor that can be read as float32, of the given shape if there is one.
func (f *File) find(name string, shape []int) (tensor, kernels.Format, error) {
	t, ok := f.tensors[name]
	if !ok {
		return t, 0, fmt.Errorf("%s: no tensor %q%s", f.name, name, wanted(shape))
	}
	if len(shape) > 0 && !slices.Equal(shape, t.shape) {
		return t, 0, fmt.Errorf("%s: tensor %q is %s%v, want shape %v", t.file, name, t.dtype, t.shape, shape)
	}
	format, err := t.dtype.format()
	if err != nil {
		return t, 0, fmt.Errorf("%s: tensor %q is %s%v: %w", t.file, name, t.dtype, t.shape, err)
	}
	return t, format, nil
}

// wanted says what shape a tensor was to have that is not there.
func wanted(shape []int) string {
	if len(shape) == 0 {
		return ""
	}
	return fmt.Sprintf(", wanted with shape %v", shape)
}

// Close gives back the memory of the files. The File is empty afterwards; slices that Floats returned stay valid.
func (f *File) Close() error {
	var errs []error
	for _, release := range f.releases {
		errs = append(errs, release())
	}
	f.tensors, f.releases = nil, nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close %s: %w", f.name, err)
	}
	return nil
}

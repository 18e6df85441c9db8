package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"caucus/kernels"
)

// Weights is a checkpoint's tensors. *weights.File is one.
type Weights interface {
	// Names lists the tensors.
	Names() []string
	Has(name string) bool
	// Floats returns a tensor of exactly the given shape as float32. Its error names the file and the tensor.
	Floats(name string, shape ...int) ([]float32, error)
	// Matrix returns a tensor of exactly the given shape to be read row by row, its last dimension at a time.
	Matrix(name string, shape ...int) (kernels.Source, error)
}

// Load reads the network that cfg, from LoadConfig, describes. Before it reads weights it wants every tensor to be there, in
// its shape, and none besides.
func Load(w Weights, cfg Config, ops kernels.Ops) (*Model, error) {
	if _, err := Plan(w, cfg, ops.Precision()); err != nil {
		return nil, err
	}
	m, l := load(w, cfg, ops)
	if l.err != nil {
		return nil, l.err
	}
	return m, nil
}

// Plan is Load without reading weights: a Model that tells its sizes and can compute nothing.
func Plan(w Weights, cfg Config, p kernels.Precision) (*Model, error) {
	m, l := load(w, cfg, sizes{precision: p})
	if l.err == nil {
		l.err = l.spare()
	}
	if l.err != nil && cfg.Family == "llama" && slices.ContainsFunc(w.Names(), isMamba) {
		return nil, fmt.Errorf("its mixers are Mamba's, but its config.json is a Llama's and %s is missing: %w", mambaFile, l.err)
	}
	if l.err != nil {
		return nil, l.err
	}
	return m, nil
}

// isMamba tells a tensor of a Mamba mixer by its name.
func isMamba(name string) bool { return strings.Contains(name, ".mamba.") }

func load(w Weights, cfg Config, ops kernels.Ops) (*Model, *loader) {
	l := &loader{weights: w, ops: ops, used: make(map[string]bool)}
	embed := weight(cfg.Embed, cfg.Vocab, cfg.DModel)
	m := &Model{
		Config: cfg,
		Ops:    ops,
		embed:  l.matrix(&embed),
		scale:  l.factor(cfg.EmbedScale, cfg.DModel),
		norm:   l.scaled(cfg.Norm, cfg.DModel, cfg.LogitScale),
	}
	for _, layer := range cfg.Layers {
		for _, b := range layer {
			m.blocks = append(m.blocks, l.block(b, cfg.DModel))
		}
	}
	m.head = m.embed
	if cfg.Head != "" {
		head := weight(cfg.Head, cfg.Vocab, cfg.DModel)
		m.head = l.matrix(&head)
	}
	m.params = l.params
	for _, part := range m.parts() {
		m.total.add(part.cost())
	}
	return m, l
}

// loader keeps the first error, after which it reads nothing more.
type loader struct {
	weights Weights
	ops     kernels.Ops
	states  int             // recurrent states of the parts so far
	caches  int             // and their caches
	params  int             // values of the tensors so far
	used    map[string]bool // tensors
	err     error
}

func (l *loader) block(b Block, d int) block {
	out := block{norm: l.scaled(b.Norm, d, b.NormScale)}
	for _, part := range b.Parts {
		out.parts = append(out.parts, part.load(l))
	}
	return out
}

// spare reports tensors that the network does not have: the checkpoint must be another network's.
func (l *loader) spare() error {
	var spare []string
	for _, name := range l.weights.Names() {
		if !l.used[name] && !l.ignored(name) {
			spare = append(spare, name)
		}
	}
	if len(spare) == 0 {
		return nil
	}
	slices.Sort(spare)
	others := ""
	if n := len(spare) - 1; n > 0 {
		others = fmt.Sprintf(" and %d others", n)
	}
	return fmt.Errorf("this network has no place for tensor %q%s; is config.json of another model?", spare[0], others)
}

// matrix reads a projection.
func (l *loader) matrix(p *Linear) kernels.Matrix {
	if l.err != nil {
		return nil
	}
	source, check := l.source(p)
	if l.err != nil {
		return nil
	}
	m := l.ops.NewMatrix(source)
	l.fail(check())
	return m
}

// gated reads two projections for [kernels.Ops.MatMulSwiGLU].
func (l *loader) gated(gate, up *Linear) kernels.Matrix {
	g, checkGate := l.source(gate)
	u, checkUp := l.source(up)
	if l.err != nil {
		return nil
	}
	m := l.ops.NewGated(g, u)
	l.fail(errors.Join(checkGate(), checkUp()))
	return m
}

func (l *loader) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

// source is the rows of a projection; check tells, once they have been read, whether all were finite.
func (l *loader) source(p *Linear) (s kernels.Source, check func() error) {
	rows := l.rows(p)
	var parts []kernels.Source
	bad := new(atomic.Pointer[string])
	for i := range rows {
		r := &rows[i]
		s := l.tensor(r, p.In)
		if l.err != nil {
			return kernels.Source{}, nil
		}
		parts = append(parts, finite(s.Rows(r.From, r.N), &r.Tensor, bad))
	}
	return kernels.Stack(parts...), func() error {
		if name := bad.Load(); name != nil {
			return notFinite(*name)
		}
		return nil
	}
}

// rows are the rows of a projection, in the tensors that the checkpoint has.
func (l *loader) rows(p *Linear) []Rows {
	switch {
	case p.Fused == "" || l.err != nil:
		return p.Rows
	case l.weights.Has(p.Fused):
		return []Rows{{Tensor: p.Fused, N: p.Out()}}
	case !l.weights.Has(p.Rows[0].Tensor):
		l.err = fmt.Errorf("neither tensor %q nor tensor %q is in the checkpoint", p.Fused, p.Rows[0].Tensor)
	}
	return p.Rows
}

// tensor is all the rows of a tensor.
func (l *loader) tensor(r *Rows, in int) kernels.Source {
	if l.err != nil {
		return kernels.Source{}
	}
	shape := r.Shape
	if shape == nil {
		shape = []int{r.N, in}
	}
	l.used[r.Tensor] = true
	l.params += r.N * in
	var s kernels.Source
	s, l.err = l.weights.Matrix(r.Tensor, shape...)
	return s
}

// finite is s, but the name of the tensor is kept in bad if one of the numbers read is NaN or infinite.
func finite(s kernels.Source, name *string, bad *atomic.Pointer[string]) kernels.Source {
	read := s.Row
	s.Row = func(to []float32, o int) {
		read(to, o)
		if !allFinite(to) {
			bad.Store(name)
		}
	}
	return s
}

func allFinite(v []float32) bool {
	const exponent = 0x7f800000 // all ones in NaN and infinities alone
	overflow := uint32(0)
	for _, x := range v {
		overflow |= math.Float32bits(x)&exponent + 1<<23
	}
	return overflow < 1<<31
}

func notFinite(name string) error {
	return fmt.Errorf("tensor %q has a number that is NaN or infinite; is the file damaged?", name)
}

// bias is the vectors that belong to the tensors of a projection.
func (l *loader) bias(p *Linear) kernels.Buffer {
	var all []float32
	for _, r := range p.Rows {
		all = append(all, l.floats(biasOf(r.Tensor), r.N)...)
	}
	return l.upload(all, p.BiasScale)
}

// vector reads a vector for its Ops.
func (l *loader) vector(name string, n int) kernels.Buffer { return l.scaled(name, n, 1) }

// scaled is vector times a factor.
func (l *loader) scaled(name string, n int, by float32) kernels.Buffer {
	return l.upload(l.floats(name, n), by)
}

// grouped is a vector in equal parts.
func (l *loader) grouped(name string, n, groups int) []kernels.Buffer {
	v := l.floats(name, n)
	if l.err != nil {
		return nil
	}
	var all []kernels.Buffer
	for part := range slices.Chunk(v, n/groups) {
		all = append(all, l.upload(part, 1))
	}
	return all
}

// upload is v times a factor, of which 0 stands for 1.
func (l *loader) upload(v []float32, by float32) kernels.Buffer {
	if l.err != nil {
		return nil
	}
	if by != 0 && by != 1 {
		for i := range v {
			v[i] *= by
		}
	}
	b := l.ops.NewBuffer(len(v))
	l.ops.Upload(b, 0, v)
	return b
}

// factor is a row of n times the same factor, nil if that is 1.
func (l *loader) factor(by float32, n int) kernels.Buffer {
	if by == 0 || by == 1 || l.err != nil { // without its tensors, n is only what the configuration says
		return nil
	}
	return l.upload(slices.Repeat([]float32{by}, n), 1)
}

// segments is a row of factors, one for each segment of so many values; nil if there are none.
func (l *loader) segments(by *[5]float32, sizes []int) kernels.Buffer {
	if by == nil || l.err != nil {
		return nil
	}
	var all []float32
	for i, n := range sizes {
		all = append(all, slices.Repeat(by[i:i+1], n)...)
	}
	return l.upload(all, 1)
}

// conv reads a convolution, which may have no bias.
func (l *loader) conv(w, b string, channels, taps int) kernels.ConvWeights {
	c := kernels.ConvWeights{Channels: channels, Taps: taps, W: l.floats(w, channels, 1, taps)}
	if b != "" {
		c.B = l.floats(b, channels)
	}
	if l.err != nil {
		return c
	}
	if b == "" {
		c.B = make([]float32, channels)
	}
	l.ops.PrepareConv(&c)
	return c
}

func (l *loader) floats(name string, shape ...int) []float32 {
	if l.err != nil {
		return nil
	}
	l.used[name] = true
	v, err := l.weights.Floats(name, shape...)
	if l.err = err; err == nil && !allFinite(v) {
		l.err = notFinite(name)
	}
	l.params += len(v)
	return v
}

// ignored tells what checkpoints may have besides: what can be computed, and a head that is the embedding again.
func (l *loader) ignored(name string) bool {
	return strings.HasSuffix(name, ".rotary_emb.inv_freq") || name == "lm_head.weight" || strings.HasPrefix(name, "mtp.")
}

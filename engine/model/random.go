package model

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"caucus/kernels"
)

// Random returns the sizes and the weights of a model that is made up, for measurements without a checkpoint: the time of
// a step depends on sizes and formats, hardly on values. The error for an unknown name lists the names.
//
// jamba-1m, -10m and -100m are hybrids and llama-1m, -10m and -100m transformers of like size; m1-3b has M1's shape, its head tied.
func Random(name string) (Config, Weights, error) {
	all := randomConfigs()
	cfg, ok := all[name]
	if !ok {
		return Config{}, nil, fmt.Errorf("no random model %q; there are %s", name,
			strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	stored := kernels.F32
	if name == m1Name {
		stored = kernels.BF16
	}
	return cfg, randomWeights{stored}, nil
}

const m1Name = "m1-3b"

func randomConfigs() map[string]Config {
	all := map[string]Config{m1Name: m1Config()}
	for _, p := range peers {
		all["jamba-"+p.size] = p.config(p.jambaMLP, p.attend)
		every := make([]int, p.layers)
		for i := range every {
			every[i] = i
		}
		all["llama-"+p.size] = p.config(p.llamaMLP, every)
	}
	return all
}

func m1Config() Config {
	return Config{
		DModel: 3072, DFF: 8192, Layers: 28, AttnLayers: []int{3, 8, 13, 18, 23, 27}, Vocab: 128256, NormEps: 1e-5,
		Tied:      true,
		Mamba:     kernels.MambaShape{DInner: 3072, DXB: 1024, DState: 16, DTRank: 192, DConv: 4},
		Attention: kernels.AttentionShape{Heads: 24, KVHeads: 8, HeadDim: 128, RopeTheta: 500000},
	}
}

// peer is the sizes that a Jamba and a Llama share with which other engines are measured. The llama here is theirs, weight
// for weight. The jamba has as many weights as theirs, to a third of one in a hundred, elsewhere: a Jamba's B and C are narrow and
// come through a bottleneck; M1's are as wide as x and as the channels, for which the MLP is narrower.
type peer struct {
	size                                              string
	width, layers, vocab, heads, kvHeads, dHead, rank int
	jambaMLP, llamaMLP                                int
	attend                                            []int // the layers of the jamba that do
}

var peers = []peer{
	{"1m", 128, 6, 512, 4, 2, 32, 8, 144, 320, []int{3}},
	{"10m", 256, 12, 2048, 8, 2, 32, 16, 400, 768, []int{4, 10}},
	{"100m", 768, 12, 16384, 12, 3, 64, 48, 1344, 2560, []int{4, 10}},
}

func (p *peer) config(mlp int, attend []int) Config {
	channels := 2 * p.width
	return Config{
		DModel: p.width, DFF: mlp, Layers: p.layers, AttnLayers: attend, Vocab: p.vocab, NormEps: 1e-5, Tied: true,
		Mamba:     kernels.MambaShape{DInner: channels, DXB: channels / 4, DState: 16, DTRank: p.rank, DConv: 4},
		Attention: kernels.AttentionShape{Heads: p.heads, KVHeads: p.kvHeads, HeadDim: p.dHead, RopeTheta: 10000},
	}
}

// randomWeights makes up every tensor of the fused naming from its name.
type randomWeights struct {
	stored kernels.Format // of matrices
}

// Has tells the fused names from the others.
func (randomWeights) Has(name string) bool {
	return strings.HasSuffix(name, ".in_proj.weight") || strings.HasSuffix(name, ".out_proj.weight")
}

// Floats gives a mixer what Mamba's authors begin training with, about: decay rates of 1 to N, small steps, a skip of 1.
func (randomWeights) Floats(name string, shape ...int) ([]float32, error) {
	n := 1
	for _, d := range shape {
		n *= d
	}
	v := make([]float32, n)
	switch {
	case strings.HasSuffix(name, "norm.weight"), strings.HasSuffix(name, ".D"):
		fill(v, 1)
	case strings.HasSuffix(name, "dt_proj.bias"):
		fill(v, -1.5) // it is added twice
	case strings.HasSuffix(name, ".A_log"):
		states := shape[len(shape)-1]
		for i := range v {
			v[i] = float32(math.Log(float64(1 + i%states)))
		}
	case strings.HasSuffix(name, "conv1d.weight"):
		l := newLevels(0.3, kernels.F32)
		l.draw(v, seedOf(name), 0)
	}
	return v, nil // a bias of the convolution is 0
}

// Matrix makes rows when they are asked for, so that a model needs no memory but what its Ops keeps. Their deviation is
// 1/sqrt(in), which hands activations on in the size in which they come.
func (w randomWeights) Matrix(name string, out, in int) (kernels.Source, error) {
	l, seed := newLevels(1/math.Sqrt(float64(in)), w.stored), seedOf(name)
	return kernels.Source{Out: out, In: in, Stored: w.stored, Row: func(to []float32, o int) { l.draw(to, seed, o) }}, nil
}

// levels are evenly spaced values of which weights are drawn. With no more of them than a byte can tell apart, a weight
// costs a look-up, and is rounded to its format once for all.
type levels [256]float32

func newLevels(deviation float64, stored kernels.Format) *levels {
	var l levels
	step := deviation * math.Sqrt(12) / float64(len(l))
	for i := range l {
		l[i] = stored.Round(float32(step * (float64(i) - float64(len(l)-1)/2)))
	}
	return &l
}

// draw fills the given row of a tensor: the same seed and row give the same values.
func (l *levels) draw(to []float32, seed uint64, row int) {
	random := rand.NewPCG(seed, uint64(row))
	for len(to) > 0 {
		bits := random.Uint64()
		part := to[:min(8, len(to))]
		for i := range part {
			part[i] = l[byte(bits)]
			bits >>= 8
		}
		to = to[len(part):]
	}
}

func seedOf(name string) uint64 {
	hash := fnv.New64a()
	hash.Write([]byte(name)) //nolint:errcheck // a hash never fails
	return hash.Sum64()
}

func fill(v []float32, with float32) {
	for i := range v {
		v[i] = with
	}
}

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
// jamba-1m, -10m and -100m are hybrids in M1's form and llama-1m, -10m and -100m transformers of like size; m1-3b, llama-3b and
// granite-3b have the shapes of M1-3B, Llama-3.2-3B and Granite-4.0-H-Micro.
func Random(name string) (Config, Weights, error) {
	all := randomConfigs()
	r, ok := all[name]
	if !ok {
		return Config{}, nil, fmt.Errorf("no random model %q; there are %s", name,
			strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	cfg, err := ParseConfig([]byte(r.config), []byte(r.hybrid))
	return cfg, randomWeights{r.stored}, err
}

// random is the configuration files of a model that is made up.
type random struct {
	config, hybrid string
	stored         kernels.Format // of matrices
}

func randomConfigs() map[string]random {
	const llama3B = `"hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 28, "num_attention_heads": 24,
		"num_key_value_heads": 8, "head_dim": 128, "vocab_size": 128256, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
		"rope_scaling": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
		"original_max_position_embeddings": 8192}, "tie_word_embeddings": true, "model_type": "llama"`
	const graniteMicro = `"model_type": "granitemoehybrid", "hidden_size": 2048, "num_hidden_layers": 40, "vocab_size": 100352,
		"num_attention_heads": 32, "num_key_value_heads": 8, "shared_intermediate_size": 8192, "num_local_experts": 0,
		"mamba_n_heads": 64, "mamba_d_head": 64, "mamba_d_state": 128, "mamba_expand": 2, "rms_norm_eps": 1e-05,
		"attention_multiplier": 0.015625, "embedding_multiplier": 12, "logits_scaling": 8, "residual_multiplier": 0.22,
		"tie_word_embeddings": true, `
	ten := slices.Repeat([]string{`"mamba"`}, 10)
	ten[5] = `"attention"`
	layerTypes := `"layer_types": [` + strings.Join(slices.Repeat(ten, 4), ", ") + `]`
	all := map[string]random{
		"m1-3b": {`{` + llama3B + `}`, `{"d_xb": 1024, "ssm_cfg": {"expand": 1}, "attn_layers": [3, 8, 13, 18, 23, 27]}`,
			kernels.BF16},
		"llama-3b":   {config: `{` + llama3B + `}`, stored: kernels.BF16},
		"granite-3b": {config: `{` + graniteMicro + layerTypes + `}`, stored: kernels.BF16},
	}
	for _, p := range peers {
		all["jamba-"+p.size] = random{p.config(p.jambaMLP), p.hybrid(), kernels.F32}
		all["llama-"+p.size] = random{config: p.config(p.llamaMLP), stored: kernels.F32}
	}
	return all
}

// peer is the sizes that a Jamba and a Llama share with which other engines are measured. The llama here is theirs, weight
// for weight. The jamba has as many weights as theirs, to a third of one in a hundred, elsewhere: a Jamba's B and C are narrow and
// come through a bottleneck; M1's are as wide as x and as the channels, for which the MLP is narrower.
type peer struct {
	size                                              string
	width, layers, vocab, heads, kvHeads, dHead, rank int
	jambaMLP, llamaMLP                                int
	attend                                            string // the layers of the jamba that do
}

var peers = []peer{
	{"1m", 128, 6, 512, 4, 2, 32, 8, 144, 320, "3"},
	{"10m", 256, 12, 2048, 8, 2, 32, 16, 400, 768, "4, 10"},
	{"100m", 768, 12, 16384, 12, 3, 64, 48, 1344, 2560, "4, 10"},
}

func (p *peer) config(mlp int) string {
	return fmt.Sprintf(`{"model_type": "llama", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
		"vocab_size": %d, "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": %d, "rms_norm_eps": 1e-05,
		"tie_word_embeddings": true}`, p.width, mlp, p.layers, p.vocab, p.heads, p.kvHeads, p.dHead)
}

func (p *peer) hybrid() string {
	return fmt.Sprintf(`{"d_xb": %d, "ssm_cfg": {"expand": 2, "dt_rank": %d}, "attn_layers": [%s]}`,
		p.width/2, p.rank, p.attend)
}

// randomWeights makes up every tensor of the fused naming from its name.
type randomWeights struct {
	stored kernels.Format // of matrices
}

// Names lists nothing: there is any tensor that is asked for.
func (randomWeights) Names() []string { return nil }

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
	case strings.HasSuffix(name, "norm.weight"), strings.HasSuffix(name, "norm_f.weight"), strings.HasSuffix(name, ".D"):
		fill(v, 1)
	case strings.HasSuffix(name, "dt_proj.bias"), strings.HasSuffix(name, "dt_bias"):
		fill(v, -1.5) // M1 adds it twice
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

// Matrix makes rows when they are asked for, so that a model needs no memory but what its Ops keeps; an Ops may also make up
// its own. Their deviation is 1/sqrt(in), which hands activations on in the size in which they come.
func (w randomWeights) Matrix(name string, shape ...int) (kernels.Source, error) {
	out, in := rowsOf(shape)
	deviation, seed := 1/math.Sqrt(float64(in)), seedOf(name)
	l := newLevels(deviation, w.stored)
	return kernels.Source{Out: out, In: in, Stored: w.stored, Row: func(to []float32, o int) { l.draw(to, seed, o) },
		Made: kernels.Made{Deviation: float32(deviation), Seed: seed}}, nil
}

// rowsOf is how many rows of how many values a tensor has.
func rowsOf(shape []int) (rows, n int) {
	rows, n = 1, shape[len(shape)-1]
	for _, d := range shape[:len(shape)-1] {
		rows *= d
	}
	return rows, n
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

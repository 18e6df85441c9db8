package gguf

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxLayers keeps lists with an entry a layer short.
const maxLayers = 1 << 12

// network makes config.json of the keys and tensors of a file.
type network struct {
	*metadata
	tensors map[string]tensor
	config  map[string]any

	width, layers  int
	heads, kvHeads int // of layers that attend
	headDim        int
}

// describe writes what config.json says, by the fields of transformers.
func (n *network) describe(f *family) {
	n.width, n.layers = n.size("embedding_length"), n.size("block_count")
	if n.layers < 1 || n.layers > maxLayers {
		n.fail(n.arch+".block_count", "%d is not between 1 and %d", n.layers, maxLayers)
	}
	embedding, ok := n.tensors["token_embd.weight"]
	if !ok {
		n.fail("token_embd.weight", "the tensor is missing")
	}
	if n.err != nil {
		return
	}
	_, untied := n.tensors["output.weight"]
	n.config["model_type"] = f.modelType
	n.config["architectures"] = []string{f.class}
	n.config["hidden_size"] = n.width
	n.config["num_hidden_layers"] = n.layers
	n.config["vocab_size"] = embedding.shape[0]
	n.config["max_position_embeddings"] = n.size("context_length")
	n.config["tie_word_embeddings"] = !untied
	n.config["rms_norm_eps"] = n.number("attention.layer_norm_rms_epsilon", n.number("attention.layer_norm_epsilon", 0))
	if n.config["rms_norm_eps"] == decimal(0) {
		n.fail(n.arch+".attention.layer_norm_rms_epsilon", "missing, or 0")
	}
	n.config["hidden_act"] = "silu"
	for _, key := range []string{"bos_token_id", "eos_token_id"} {
		if v, ok := n.lookup("tokenizer.ggml." + key); ok {
			n.config[key] = n.asSize("tokenizer.ggml."+key, v)
		}
	}
	f.describe(n)
	n.ignore("vocab_size")
	n.checkUnread()
}

// any tells whether some layer has a tensor of this name.
func (n *network) any(name string) bool {
	for has := range n.tensors {
		if strings.HasPrefix(has, "blk.") && strings.HasSuffix(has, "."+name) {
			return true
		}
	}
	return false
}

// layerSizes is a number for each layer, which the file may give as one for all.
func (n *network) layerSizes(key string) []int {
	key = n.arch + "." + key
	v, ok := n.lookup(key)
	if !ok {
		n.fail(key, "missing")
	}
	if v.array && v.count != n.layers || v.kind == kindString {
		n.fail(key, "%v, want a number for each of %d layers", v, n.layers)
	}
	sizes := make([]int, n.layers)
	if n.err != nil {
		return sizes
	}
	for i := range sizes {
		sizes[i] = n.asSize(key, v.at(i%v.count)) // of one, or of as many as layers
	}
	return sizes
}

// layerSize is what layerSizes gives every layer, but for those with 0, which have no such part. 0 if none has.
func (n *network) layerSize(key string) int {
	sizes := n.layerSizes(key)
	most := slices.Max(sizes)
	for _, size := range sizes {
		if size != 0 && size != most {
			n.fail(n.arch+"."+key, "layers of different sizes, %d and %d, are not supported", size, most)
		}
	}
	return most
}

// quotient divides the value of one key by that of another, of which it must be a multiple.
func (n *network) quotient(key string, a int, by string, b int) int {
	if b < 1 || a%b != 0 {
		n.fail(n.arch+"."+key, "%d is not a multiple of %s, which is %d", a, by, b)
		return 0
	}
	return a / b
}

func (n *network) attention() {
	n.heads = n.layerSize("attention.head_count")
	n.kvHeads = n.heads
	if n.has("attention.head_count_kv") {
		n.kvHeads = n.layerSize("attention.head_count_kv")
	}
	if n.has("attention.key_length") {
		n.headDim = n.size("attention.key_length")
	} else {
		n.headDim = n.quotient("embedding_length", n.width, "attention.head_count", n.heads)
	}
	if v := n.sizeOr("attention.value_length", n.headDim); v != n.headDim || v < 1 {
		n.fail(n.arch+".attention.value_length", "%d, but keys have %d", v, n.headDim)
	}
	n.config["num_attention_heads"] = n.heads
	n.config["num_key_value_heads"] = n.kvHeads
	n.config["head_dim"] = n.headDim
	n.config["attention_bias"] = n.any("attn_q.bias")
}

// attentionLayers are the layers that have keys and values.
func (n *network) attentionLayers() []int {
	layers := []int{}
	for i, heads := range n.layerSizes("attention.head_count_kv") {
		if heads > 0 {
			layers = append(layers, i)
		}
	}
	return layers
}

func (n *network) mlp() {
	n.config["intermediate_size"] = n.layerSize("feed_forward_length")
	n.config["mlp_bias"] = n.any("ffn_up.bias")
}

// decimal is a number that is written with a point, as transformers wants those that need not be whole.
type decimal float32

// MarshalJSON implements json.Marshaler.
func (d decimal) MarshalJSON() ([]byte, error) {
	text := strconv.AppendFloat(nil, float64(d), 'g', -1, 32)
	if !bytes.ContainsAny(text, ".e") {
		text = append(text, ".0"...)
	}
	return text, nil
}

func (n *network) multipliers() {
	n.config["embedding_multiplier"] = n.number("embedding_scale", 1)
	n.config["residual_multiplier"] = n.number("residual_scale", 1)
	n.config["logits_scaling"] = n.number("logit_scale", 1)
	n.config["attention_multiplier"] = n.number("attention.scale", decimal(1/math.Sqrt(float64(n.headDim))))
}

// mamba2 writes the fields of granitemoehybrid, bamba and falcon_h1.
func (n *network) mamba2() {
	inner, heads := n.size("ssm.inner_size"), n.size("ssm.time_step_rank")
	n.config["mamba_n_heads"] = heads
	n.config["mamba_d_head"] = n.quotient("ssm.inner_size", inner, "ssm.time_step_rank", heads)
	n.config["mamba_d_state"] = n.size("ssm.state_size")
	n.config["mamba_n_groups"] = n.size("ssm.group_count")
	n.config["mamba_d_conv"] = n.size("ssm.conv_kernel")
	n.config["mamba_conv_bias"] = n.any("ssm_conv1d.bias")
	n.config["mamba_proj_bias"] = false
}

// expand is how many times as wide as the network its Mamba mixers are.
func (n *network) expand() int {
	return n.quotient("ssm.inner_size", n.size("ssm.inner_size"), "embedding_length", n.width)
}

func describeJamba(n *network) {
	n.attention()
	n.ignore("rope.", "expert_used_count")
	if n.sizeOr("expert_count", 0) > 1 {
		n.fail(n.arch+".expert_count", "Jamba with experts is not supported, only without")
	}
	n.config["num_experts"] = 1
	n.config["num_experts_per_tok"] = 1
	n.config["intermediate_size"] = n.layerSize("feed_forward_length")
	n.config["mamba_expand"] = n.expand()
	n.config["mamba_d_state"] = n.size("ssm.state_size")
	n.config["mamba_d_conv"] = n.size("ssm.conv_kernel")
	n.config["mamba_dt_rank"] = n.size("ssm.time_step_rank")
	n.config["mamba_conv_bias"] = n.any("ssm_conv1d.bias")
	n.config["mamba_proj_bias"] = false
	n.config["attn_layer_period"], n.config["attn_layer_offset"] = n.period(n.attentionLayers())
}

// period finds how the layers that attend repeat: they are those i with i%period == offset.
func (n *network) period(layers []int) (period, offset int) {
	period = n.layers
	if len(layers) == 0 {
		n.fail(n.arch+".attention.head_count_kv", "no layer attends, as one must in Jamba")
		return 0, 0
	}
	if offset = layers[0]; len(layers) > 1 {
		period = layers[1] - offset
	}
	for i := range n.layers {
		attends := len(layers) > 0 && layers[0] == i
		if attends {
			layers = layers[1:]
		}
		if attends != (i%period == offset) {
			n.fail(n.arch+".attention.head_count_kv", "the layers that attend do not repeat with a period, as Jamba's do")
			break
		}
	}
	return period, offset
}

func describeNemotron(n *network) {
	n.attention()
	n.ignore("rope.")
	n.mlp()
	pattern, heads, widths := make([]byte, n.layers), n.layerSizes("attention.head_count_kv"), n.layerSizes("feed_forward_length")
	for i := range pattern {
		switch {
		case heads[i] > 0 && widths[i] > 0:
			n.fail(n.arch+".feed_forward_length", "layer %d both attends and has an MLP, as none does in Nemotron-H", i)
		case heads[i] > 0:
			pattern[i] = '*'
		case widths[i] > 0:
			pattern[i] = '-'
		default:
			pattern[i] = 'M'
		}
	}
	n.config["hybrid_override_pattern"] = string(pattern)
	n.config["mlp_hidden_act"] = "relu2"
	n.config["layer_norm_epsilon"] = n.number("attention.layer_norm_epsilon", n.config["rms_norm_eps"].(decimal))
	inner, mixers := n.size("ssm.inner_size"), n.size("ssm.time_step_rank")
	n.config["mamba_num_heads"] = mixers
	n.config["mamba_head_dim"] = n.quotient("ssm.inner_size", inner, "ssm.time_step_rank", mixers)
	n.config["mamba_hidden_act"] = "silu"
	n.config["ssm_state_size"] = n.size("ssm.state_size")
	n.config["n_groups"] = n.size("ssm.group_count")
	n.config["conv_kernel"] = n.size("ssm.conv_kernel")
	n.config["use_conv_bias"] = n.any("ssm_conv1d.bias")
	n.config["use_bias"] = false
	if n.config["tie_word_embeddings"] == true { // which Nemotron-H does not know
		n.tensors["output.weight"] = n.tensors["token_embd.weight"]
		n.config["tie_word_embeddings"] = false
	}
}

// describeFalcon leaves all multipliers at 1: the converter has multiplied the weights by them.
func describeFalcon(n *network) {
	n.attention()
	n.rope()
	n.mamba2()
	n.config["mamba_d_ssm"] = n.size("ssm.inner_size")
	if n.config["tie_word_embeddings"] == true {
		n.fail("output.weight", "the tensor is missing, and with it the factor of the logits of a Falcon-H1 that shares its embedding")
	}
	n.mlp()
	n.config["mamba_rms_norm"] = n.any("ssm_norm.weight")
	n.config["mamba_norm_before_gate"] = false
	n.config["projectors_bias"] = false
	for _, multiplier := range []string{"embedding", "lm_head", "key", "attention_in", "attention_out", "ssm_in", "ssm_out"} {
		n.config[multiplier+"_multiplier"] = decimal(1)
	}
	n.config["ssm_multipliers"] = []decimal{1, 1, 1, 1, 1}
	n.config["mlp_multipliers"] = []decimal{1, 1}
}

// rope writes how positions turn queries and keys, of which all numbers of a head take part.
func (n *network) rope() {
	theta := n.number("rope.freq_base", 10000)
	n.config["rope_theta"] = theta
	n.ignore("rope.scaling.finetuned")
	if rotated := n.sizeOr("rope.dimension_count", n.headDim); rotated != n.headDim {
		n.fail(n.arch+".rope.dimension_count", "%d, but heads have %d: to turn a part of a head is not supported", rotated, n.headDim)
	}
	switch kind := n.text(n.arch + ".rope.scaling.type"); kind {
	case "", "none":
	case "linear", "yarn":
		scaling := map[string]any{"rope_type": kind, "factor": n.number("rope.scaling.factor", 1)}
		if n.has("rope.scaling.original_context_length") {
			scaling["original_max_position_embeddings"] = n.size("rope.scaling.original_context_length")
		}
		n.config["rope_scaling"] = scaling
	default:
		n.fail(n.arch+".rope.scaling.type", "%q is not supported", kind)
	}
	if t, ok := n.tensors[ropeFactors]; ok && n.err == nil {
		n.config["rope_scaling"] = n.llama3(t, float64(theta))
		delete(n.tensors, ropeFactors)
	}
}

// ropeFactors is the tensor of what Llama 3 divides the frequencies by, which transformers computes.
const ropeFactors = "rope_freqs.weight"

// llama3 finds the settings that the factors follow from: those of all models of Llama 3, but for the largest factor.
func (n *network) llama3(t tensor, theta float64) map[string]any {
	const low, high, context = 1, 4, 8192
	if t.format.decode == nil || len(t.shape) != 1 || t.shape[0] != n.headDim/2 {
		n.fail(ropeFactors, "%s%v, want a number for each of %d pairs", t.format.name, t.shape, n.headDim/2)
		return nil
	}
	factors := make([]float32, t.shape[0])
	t.row(factors, 0)
	largest := float64(factors[len(factors)-1])
	for i, factor := range factors {
		wave := 2 * math.Pi * math.Pow(theta, 2*float64(i)/float64(n.headDim))
		smooth := min(max((context/wave-low)/(high-low), 0), 1)
		if want := 1 / ((1-smooth)/largest + smooth); !(math.Abs(float64(factor)-want) <= 1e-4*want) {
			n.fail(ropeFactors, "its factors are not those of Llama 3, the only ones that are supported")
			return nil
		}
	}
	return map[string]any{
		"rope_type": "llama3", "factor": decimal(largest), "low_freq_factor": decimal(low), "high_freq_factor": decimal(high),
		"original_max_position_embeddings": context,
	}
}

package gguf

// pretokenizer is what tokenizer.json of the models has that llama.cpp knows by a name in tokenizer.ggml.pre.
type pretokenizer struct {
	normalizer   any
	steps        any
	ignoreMerges bool // a piece that is a token is that token, whatever its merges
	addBOS       bool // where the file does not say so
}

// pretokenizers are those of llama.cpp that have the same pieces, in the form that transformers has. What is called
// "default", or has no name, is an approximation that no model was trained with.
var pretokenizers = map[string]pretokenizer{
	"gpt-2": {steps: byteLevel(true)},

	"smollm":    {steps: sequence(digits, byteLevel(true))},
	"starcoder": {steps: sequence(digits, byteLevel(true))},
	"refact":    {steps: sequence(digits, byteLevel(true))},

	"llama-bpe": {steps: llama3Steps, ignoreMerges: true, addBOS: true},
	"llama3":    {steps: llama3Steps, ignoreMerges: true, addBOS: true},
	"llama-v3":  {steps: llama3Steps, ignoreMerges: true, addBOS: true},
	"pixtral":   {steps: llama3Steps, ignoreMerges: true, addBOS: true},
	"falcon3":   {steps: llama3Steps, ignoreMerges: true, addBOS: true},
	"falcon-h1": {steps: llama3Steps, ignoreMerges: true, addBOS: true},
	"dbrx":      {steps: llama3Steps},
	"smaug-bpe": {steps: llama3Steps},

	"qwen2":            {steps: qwen2Steps, normalizer: nfc},
	"deepseek-r1-qwen": {steps: qwen2Steps, normalizer: nfc},

	"tekken": {steps: tekkenSteps, ignoreMerges: true, addBOS: true},
}

type object = map[string]any

var (
	nfc    = object{"type": "NFC"}
	digits = object{"type": "Digits", "individual_digits": true}

	llama3Steps = sequence(isolated(`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|`+
		` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`), byteLevel(false))

	qwen2Steps = sequence(isolated(`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|`+
		` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`), byteLevel(false))

	tekkenSteps = sequence(isolated(`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|`+
		`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}|`+
		` ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`), byteLevel(false))
)

func sequence(steps ...any) object { return object{"type": "Sequence", "pretokenizers": steps} }

func isolated(regex string) object {
	return object{"type": "Split", "pattern": object{"Regex": regex}, "behavior": "Isolated", "invert": false}
}

func byteLevel(useRegex bool) object {
	return object{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": useRegex}
}

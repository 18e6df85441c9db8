package token

import "strings"

// Text returns what a token stands for, special tokens too; it need not be whole characters, and is "" of an unknown one.
func (t *Tokenizer) Text(id int32) string {
	if id < 0 || int(id) >= len(t.vocab) {
		return ""
	}
	return t.vocab[id].content
}

// Thinks tells whether the model is one that reasons up to a </think>, as far as its tokens and its chat template show it.
func (t *Tokenizer) Thinks() bool {
	_, token := t.ID(EndOfThinking)
	return token || t.thinks
}

// PromptText returns what Prompt tokenizes: the chat template around a message.
func (t *Tokenizer) PromptText(user string) (string, error) {
	c, err := t.chat()
	if err != nil {
		return "", err
	}
	return strings.Join(c.between, c.trim(user)), nil
}

package token

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/exec"
)

// methods are what may be called on a value, with a meter.
func methods(m *meter) exec.Methods {
	return exec.Methods{
		Bool:  exec.NewMethodSet(map[string]exec.Method[bool]{}),
		Int:   exec.NewMethodSet(map[string]exec.Method[int]{}),
		Float: exec.NewMethodSet(map[string]exec.Method[float64]{}),
		Str:   metered(m, textMethods),
		Dict:  metered(m, dictMethods),
		List:  metered(m, listMethods),
	}
}

// metered puts a meter before methods.
func metered[T any](m *meter, methods map[string]exec.Method[T]) *exec.MethodSet[T] {
	charged := make(map[string]exec.Method[T], len(methods))
	for name, method := range methods {
		charged[name] = func(self T, value *exec.Value, args *exec.VarArgs) (any, error) {
			m.call(value, args)
			return method(self, value, args)
		}
	}
	return exec.NewMethodSet(charged)
}

// textMethods are the methods of texts that chat templates use, as Python has them. The engine's own differ, and take
// arguments that make of a short text a huge one.
var textMethods = map[string]exec.Method[string]{
	"strip":      trimming(strings.Trim, strings.TrimFunc),
	"lstrip":     trimming(strings.TrimLeft, strings.TrimLeftFunc),
	"rstrip":     trimming(strings.TrimRight, strings.TrimRightFunc),
	"startswith": asking(strings.HasPrefix),
	"endswith":   asking(strings.HasSuffix),

	"upper":      rewriting(0, func(s string, _ []string) any { return strings.ToUpper(s) }),
	"lower":      rewriting(0, func(s string, _ []string) any { return strings.ToLower(s) }),
	"title":      rewriting(0, func(s string, _ []string) any { return title(s) }),
	"capitalize": rewriting(0, func(s string, _ []string) any { return capitalize(s) }),
	"splitlines": rewriting(0, func(s string, _ []string) any { return lines(s) }),

	"removeprefix": rewriting(1, func(s string, args []string) any { return strings.TrimPrefix(s, args[0]) }),
	"removesuffix": rewriting(1, func(s string, args []string) any { return strings.TrimSuffix(s, args[0]) }),
	"find":         rewriting(1, func(s string, args []string) any { return find(s, args[0]) }),
	"count":        rewriting(1, func(s string, args []string) any { return strings.Count(s, args[0]) }),

	"replace": replaceMethod,
	"split":   splitMethod(strings.SplitN, fieldsN),
	"rsplit":  splitMethod(splitNRight, fieldsNRight),
	"join":    joinMethod,
}

// dictMethods are those of dictionaries, in the order in which these were written down.
var dictMethods = map[string]exec.Method[map[string]any]{
	"get":    builtinMethod(builtins.Methods.Dict, "get"),
	"update": builtinMethod(builtins.Methods.Dict, "update"),
	"items":  listing(func(p *exec.Pair) any { return []any{p.Key, p.Value} }),
	"keys":   listing(func(p *exec.Pair) any { return p.Key }),
	"values": listing(func(p *exec.Pair) any { return p.Value }),
}

// listMethods are those of lists.
var listMethods = map[string]exec.Method[[]any]{"append": builtinMethod(builtins.Methods.List, "append")}

// builtinMethod returns a method that the engine defines.
func builtinMethod[T any](set *exec.MethodSet[T], name string) exec.Method[T] {
	method, _ := set.Get(name)
	return method
}

// listing is a method that lists something of each pair.
func listing(item func(*exec.Pair) any) exec.Method[map[string]any] {
	return func(_ map[string]any, self *exec.Value, _ *exec.VarArgs) (any, error) {
		list := []any{}
		for _, p := range pairs(self) {
			list = append(list, item(p))
		}
		return list, nil
	}
}

// pairs returns those of a dictionary: in order, or by key if it is a map, which has none.
func pairs(dict *exec.Value) []*exec.Pair {
	if d, ok := dict.Interface().(*exec.Dict); ok {
		return d.Pairs
	}
	var list []*exec.Pair
	dict.Iterate(func(_, _ int, key, value *exec.Value) bool {
		list = append(list, &exec.Pair{Key: key, Value: value})
		return true
	}, func() {})
	return list
}

// trimming is a method that removes characters, by default space, at an end.
func trimming(cut func(string, string) string, space func(string, func(rune) bool) string) exec.Method[string] {
	return func(self string, _ *exec.Value, args *exec.VarArgs) (any, error) {
		if len(args.Args) == 0 || args.Args[0].IsNil() {
			return space(self, unicode.IsSpace), nil
		}
		return cut(self, args.Args[0].String()), nil
	}
}

// asking is a method that tells whether a text has another, or one of several.
func asking(has func(string, string) bool) exec.Method[string] {
	return func(self string, _ *exec.Value, args *exec.VarArgs) (any, error) {
		if len(args.Args) != 1 {
			return nil, fmt.Errorf("it takes one argument, not %d", len(args.Args))
		}
		found := false
		ask := func(_, _ int, item, _ *exec.Value) bool {
			found = found || has(self, item.String())
			return true
		}
		if arg := args.Args[0]; arg.IsString() {
			ask(0, 0, arg, nil)
		} else {
			arg.Iterate(ask, func() {})
		}
		return found, nil
	}
}

// rewriting is a method that makes something of a text and so many others.
func rewriting(count int, rewrite func(string, []string) any) exec.Method[string] {
	return func(self string, _ *exec.Value, args *exec.VarArgs) (any, error) {
		if len(args.Args) != count {
			return nil, fmt.Errorf("it takes %d arguments, not %d", count, len(args.Args))
		}
		var texts []string
		for _, arg := range args.Args {
			texts = append(texts, arg.String())
		}
		return rewrite(self, texts), nil
	}
}

// replaceMethod is replace(old, new[, count]).
func replaceMethod(self string, _ *exec.Value, args *exec.VarArgs) (any, error) {
	count, err := limit(args, "count", 2)
	if err != nil || len(args.Args) < 2 {
		return nil, fmt.Errorf("it takes two texts and a number: %w", err)
	}
	return strings.Replace(self, args.Args[0].String(), args.Args[1].String(), count), nil
}

// splitMethod is split([separator[, maxsplit]]), by a function for separators and one for space.
func splitMethod(split func(string, string, int) []string, fields func(string, int) []string) exec.Method[string] {
	return func(self string, _ *exec.Value, args *exec.VarArgs) (any, error) {
		count, err := limit(args, "maxsplit", 1)
		if err != nil {
			return nil, err
		}
		if count >= 0 {
			count++ // parts, and not cuts
		}
		if len(args.Args) == 0 || args.Args[0].IsNil() {
			return fields(self, count), nil
		}
		return split(self, args.Args[0].String(), count), nil
	}
}

// limit returns the number that is an argument by its name or place, and -1 in its absence.
func limit(args *exec.VarArgs, name string, place int) (int, error) {
	arg, ok := args.KwArgs[name]
	if !ok {
		if len(args.Args) <= place {
			return -1, nil
		}
		arg = args.Args[place]
	}
	if !arg.IsInteger() {
		return 0, fmt.Errorf("%s is no integer", name)
	}
	return arg.Integer(), nil
}

// splitNRight is strings.SplitN from the end.
func splitNRight(s, separator string, n int) []string {
	parts := strings.Split(s, separator)
	if n > 0 && len(parts) > n {
		head := strings.Join(parts[:len(parts)-n+1], separator)
		parts = append([]string{head}, parts[len(parts)-n+1:]...)
	}
	return parts
}

// fieldsN and fieldsNRight are strings.Fields with at most n fields, unless n is negative. One has the rest of the text.
func fieldsN(s string, n int) []string {
	fields := []string{}
	for s = strings.TrimLeftFunc(s, unicode.IsSpace); s != ""; s = strings.TrimLeftFunc(s, unicode.IsSpace) {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 || len(fields)+1 == n {
			return append(fields, s)
		}
		fields, s = append(fields, s[:end]), s[end:]
	}
	return fields
}

func fieldsNRight(s string, n int) []string {
	var fields []string
	for s = strings.TrimRightFunc(s, unicode.IsSpace); s != ""; s = strings.TrimRightFunc(s, unicode.IsSpace) {
		begin := len(strings.TrimRightFunc(s, func(r rune) bool { return !unicode.IsSpace(r) }))
		if begin == 0 || len(fields)+1 == n {
			fields = append(fields, strings.TrimLeftFunc(s, unicode.IsSpace))
			break
		}
		fields, s = append(fields, s[begin:]), s[:begin]
	}
	slices.Reverse(fields)
	return fields
}

// joinMethod is separator.join(list).
func joinMethod(self string, _ *exec.Value, args *exec.VarArgs) (any, error) {
	if len(args.Args) != 1 {
		return nil, fmt.Errorf("it takes one list, not %d", len(args.Args))
	}
	var texts []string
	args.Args[0].Iterate(func(_, _ int, item, _ *exec.Value) bool {
		texts = append(texts, item.String())
		return true
	}, func() {})
	return strings.Join(texts, self), nil
}

// lines returns the lines of a text without what ends them.
func lines(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	if s == "" {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// find returns the place of a text in another, in characters, or -1.
func find(s, text string) int {
	before, _, found := strings.Cut(s, text)
	if !found {
		return -1
	}
	return len([]rune(before))
}

// title returns a text with a capital at the start of each word, and none elsewhere.
func title(s string) string {
	inWord := false
	return strings.Map(func(r rune) rune {
		defer func() { inWord = unicode.IsLetter(r) }()
		if inWord {
			return unicode.ToLower(r)
		}
		return unicode.ToTitle(r)
	}, s)
}

// capitalize returns a text with a capital as its first character, and none elsewhere.
func capitalize(s string) string {
	first := true
	return strings.Map(func(r rune) rune {
		defer func() { first = false }()
		if first {
			return unicode.ToTitle(r)
		}
		return unicode.ToLower(r)
	}, s)
}

package answer

// commands maps LaTeX commands to plain notation. A command that is neither here nor one of latex's own stands for its
// name.
var commands = map[string]string{
	"cdot": "*", "times": "*", "ast": "*", "div": "/", "slash": "/", "pm": "±", "mp": "∓", "colon": ":",
	"le": "≤", "leq": "≤", "leqslant": "≤", "leqq": "≤", "lt": "<", "ge": "≥", "geq": "≥", "geqslant": "≥", "geqq": "≥",
	"gt": ">", "ne": "≠", "neq": "≠", "approx": "≈", "simeq": "≈", "thickapprox": "≈", "in": "∈", "infty": "∞",
	"cup": "∪", "bigcup": "∪", "cap": "∩", "bigcap": "∩", "setminus": "∖", "backslash": "∖", "smallsetminus": "∖",
	"emptyset": "∅", "varnothing": "∅", "mid": " | ", "vert": "|", "land": " and ", "wedge": " and ",
	"lor": " or ", "vee": " or ", "to": "→", "rightarrow": "→", "longrightarrow": "→",
	"Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "therefore": "⇒",
	"ldots": "…", "dots": "…", "cdots": "…", "dotsc": "…", "dotsb": "…",
	"lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "lgroup": "(", "rgroup": ")",
	"lvert": " abs(", "rvert": ")", "lfloor": " floor(", "rfloor": ")", "lceil": " ceil(", "rceil": ")",
	"langle": "(", "rangle": ")", "prime": "'", "mod": " mod ", "bmod": " mod ", "quad": " ", "qquad": " ",
	"%": "%", "(": " ", ")": " ", "[": " ", "]": " ", "#": "#", "&": "&", "$": "$",
	" ": " ", ",": " ", ";": " ", ":": " ", "\\": " ", "\n": " ", "{": "{", "}": "}", "_": "_",
	"equiv": "≡", "iint": " int int ", "iiint": " int int int ", "AA": "Å", "Reals": "ℝ", "minus": "-",
	"angle": " angle ", "perp": " perp ", "R": "ℝ", "arcsin": " arcsin ", "tg": " tan ", "ctg": " cot ",
	"varphi": " phi ", "varepsilon": " epsilon ", "vartheta": " theta ", "varrho": " rho ", "euro": "€", "pounds": "£",
	"mu": " mu ", "micro": " mu ", "cosec": " csc ", "arctg": " arctan ", "lg": " lg ", "colorbox": "",
}

// ignored are commands that change nothing but the look.
var ignored = setOf(`left right mleft mright middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm
	displaystyle textstyle scriptstyle limits nolimits notag nonumber rm bf it cal hfill hline centering boldmath
	ensuremath smash strut large Large small`)

// wrappers are the commands whose braces mark the extent of a style, not a group of mathematics. Those that map to true
// set upright text.
var wrappers = map[string]bool{
	"text": true, "textbf": true, "textit": true, "textrm": true, "textsf": true, "texttt": true, "textnormal": true,
	"mathrm": true, "mathsf": true, "mbox": true, "hbox": true, "operatorname": true, "mathop": true, "emph": true,
	"rm": true, "textup": true, "mathtt": true, "bold": false,
	"mathbf": false, "mathit": false, "boldsymbol": false, "bm": false, "boxed": false, "fbox": false, "mathcal": false,
	"pmb": false, "underline": false, "mathfrak": false, "overbrace": false, "underbrace": false, "mathbin": false,
	"mathrel": false, "mathord": false, "displaylines": false, "cancel": false, "beginboxed": false, "oxed": false,
}

// connectives join the members of a list.
var connectives = setOf("and or mod where for if in with to is pi")

// unseen are commands whose argument is no part of the text.
var unseen = setOf("phantom vphantom hphantom hspace vspace color tag label")

// accents are written over what they belong to; an accent and its letter are a name. They map to the one accent that
// all of a look stand for.
var accents = map[string]string{
	"bar": "bar", "overline": "bar", "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde",
	"vec": "vec", "overrightarrow": "vec", "dot": "dot", "ddot": "ddot", "overarc": "overarc", "wideparen": "overarc",
}

// numberSet is the sign of a set of numbers from its blackboard letter.
func numberSet(letter string) string {
	if letter == "R" {
		return "ℝ"
	}
	return letter
}

package answer

import (
	"math/big"
	"strings"
	"sync"
)

// unitDefinition says how a unit is written and what it is.
type unitDefinition struct {
	symbols  string // spellings that case matters in; the first is canonical
	prefixes string // the SI prefixes the symbols take; the names then take the long ones ("" for none)
	names    string // spellings in any case, with or without an s, an underscore for a space
	is       string // "1852 m": so many of units defined before; "1" for a ratio; "" for a dimension of its own
}

// unitDefinitions lists the units. A symbol with its prefixes must not spell a word that stands behind numbers for
// another reason: that is why there are no attoseconds ("as"), attometers ("am"), picohenries ("pH") and petamolars
// ("PM").
//
// A unit whose factor is measured (u), irrational (pc), or a matter of convention (hp, BTU, dB) is its own dimension,
// and so is a temperature with an offset. Pounds are mass wherever they are not pounds-force by name: a pressure in
// lb/in^2 equals one in psi and is never converted to pascals.
var unitDefinitions = []unitDefinition{
	{"g", "fpnumcdkMGT", "gram gramme gm", ""},
	{"m", "fpnumcdhkMG", "meter metre mtr", ""},
	{"s", "fpnum", "second sec", ""},
	{"A", "fpnumk", "ampere amp", ""},
	{"K", "numkM", "kelvin degree_k degree_kelvin", ""},
	{"mol", "fpnumk", "mole", ""},
	{"cd", "mk", "candela", ""},
	{"bit", "kMGTP", "bit", ""},
	{"degree deg °", "", "degree deg circ degree_n degree_s degree_e degree_w", ""},
	{"degC ℃", "", "degc degree_c degree_celsius degree_centigrade celsius centigrade", ""},
	{"degF ℉", "", "degf degree_f degree_fahrenheit fahrenheit", ""},
	{"$", "", "dollar usd us_$ us_dollar", ""},
	{"€", "", "euro eur", ""},
	{"£", "", "gbp pound_sterling", ""},
	{"¥", "", "yen jpy", ""},
	{"INR ₹", "", "rupee inr rs", ""},
	{"CNY", "", "yuan cny rmb", ""},
	{"month", "", "month mo", ""},
	{"rev", "", "rev revolution", ""},
	{"u", "", "amu atomic_mass_unit", ""},
	{"D", "m", "debye", ""},
	{"a.u. au", "", "atomic_unit", ""},
	{"dB", "", "decibel", ""},
	{"hp", "", "horsepower", ""},
	{"BTU Btu", "", "btu", ""},
	{"pc", "kMG", "parsec", ""},
	{"ppm", "", "ppm", ""},

	// A radian is a ratio, as in v = r omega: rad/s is s^-1.
	{"rad", "num", "radian", "1"},
	{"sr", "", "steradian", "1"},
	{"arcmin", "", "arcmin arcminute", "1/60 degree"},
	{"arcsec", "", "arcsec arcsecond", "1/3600 degree"},

	{"min", "", "minute min", "60 s"},
	{"h", "", "hour hr", "3600 s"},
	{"day", "", "day", "24 h"},
	{"week", "", "week wk", "7 day"},
	{"yr", "kMG", "year yr", "12 month"},
	{"decade", "", "decade", "10 yr"},
	{"century", "", "century centuries", "100 yr"},

	{"Å \u212b", "", "angstrom angstroem ångström Ångström ångstrom", "1/10 nm"},
	{"in", "", "inch inches in", "2.54 cm"},
	{"ft", "", "foot feet ft", "12 in"},
	{"yd", "", "yard yd", "3 ft"},
	{"mi", "", "mile mi", "5280 ft"},
	{"nmi", "", "nautical_mile", "1852 m"},
	{"ly", "", "light_year lightyear", "9460730472580800 m"},
	{"AU", "", "astronomical_unit", "149597870700 m"},
	{"acre", "", "acre", "43560 ft^2"},
	{"ha", "", "hectare", "10000 m^2"},

	{"L l", "numcdhkM", "liter litre ltr", "1 dm^3"},
	{"gal", "", "gallon gal", "231 in^3"},
	{"qt", "", "quart qt", "1/4 gal"},
	{"pt", "", "pint", "1/8 gal"},
	{"cup", "", "cup", "1/16 gal"},
	{"floz", "", "floz fl_oz fluid_ounce fluid_oz", "1/128 gal"},
	{"tbsp", "", "tbsp tablespoon", "1/256 gal"},
	{"tsp", "", "tsp teaspoon", "1/768 gal"},

	{"lb", "", "pound lb lbm", "453.59237 g"},
	{"oz", "", "ounce oz", "1/16 lb"},
	{"stone", "", "stone", "14 lb"},
	{"ton", "", "ton short_ton", "2000 lb"},
	{"tonne", "", "tonne metric_ton metric_tonne", "1000 kg"},
	{"carat", "", "carat", "1/5 g"},
	{"Da", "kM", "dalton", "1 u"},

	{"N", "pnumkMG", "newton", "1 kg*m*s^-2"},
	{"lbf", "", "lbf pound_force", "4.4482216152605 N"},
	{"kgf", "", "kgf", "9.80665 N"},
	{"dyn", "", "dyne dyn", "1/100000 N"},
	{"slug", "", "slug", "1 lbf*s^2*ft^-1"},
	{"J", "afpnumkMGTPE", "joule", "1 N*m"},
	{"cal", "mkM", "calorie", "4.184 J"},
	{"eV", "numkMGTPE", "electronvolt electron_volt ev", "1.602176634e-19 J"},
	{"erg", "", "erg", "1/10000000 J"},
	{"W", "fpnumkMGT", "watt", "1 J/s"},
	{"Pa", "pnumhkMG", "pascal", "1 N/m^2"},
	{"atm", "mu", "atmosphere atm", "101325 Pa"},
	{"bar", "umdk", "bar", "100000 Pa"},
	// A conventional mmHg is a torr but for one part in seven million.
	{"Torr", "mu", "torr mmhg mm_hg", "101325/760 Pa"},

	{"Hz", "mkMGTP", "hertz", "1 s^-1"},
	{"Bq", "kMGT", "becquerel", "1 s^-1"},
	{"Ci", "pnumk", "curie", "3.7e10 Bq"},
	{"Gy", "num", "gray", "1 J/kg"},
	{"Sv", "num", "sievert", "1 J/kg"},
	{"C", "afpnumkM", "coulomb", "1 A*s"},
	{"V", "pnumkMG", "volt", "1 W/A"},
	{"ohm Ω \u2126 Omega", "numkMGT", "ohm", "1 V/A"},
	{"S", "num", "siemens", "1 A/V"},
	{"F", "afpnum", "farad", "1 C/V"},
	{"Wb", "num", "weber", "1 V*s"},
	{"T", "pnumk", "tesla", "1 Wb/m^2"},
	{"G", "umk", "gauss", "1/10000 T"},
	{"H", "num", "henry henries", "1 Wb/A"},
	{"lm", "km", "lumen", "1 cd"},
	{"lx", "km", "lux", "1 lm/m^2"},
	{"M", "pnum", "molar", "1 mol/L"},
	{"kn", "", "knot kts", "1 nmi/h"},

	{"B", "kMGTPE", "byte", "8 bit"},
	{"KiB", "", "kibibyte kib", "1024 B"},
	{"MiB", "", "mebibyte mib", "1024 KiB"},
	{"GiB", "", "gibibyte gib", "1024 MiB"},

	{"cent ¢", "", "cent", "1/100 $"},
	{"pence", "", "penny_sterling pence", "1/100 £"},
}

// unitAliases are spellings of units made of others, and symbols that are often written in the wrong case.
var unitAliases = []struct{ names, is string }{
	{"mph", "mi/h"}, {"mpg", "mi/gal"}, {"kph kmph kmh", "km/h"}, {"fps", "ft/s"}, {"mps", "m/s"},
	{"rpm", "rev/min"}, {"psi", "lb/in^2"}, {"cc", "cm^3"}, {"ftlb", "ft*lb"},
	{"sqft", "ft^2"}, {"sqin", "in^2"}, {"sqmi", "mi^2"}, {"sqm", "m^2"}, {"sqcm", "cm^2"}, {"sqkm", "km^2"},
	{"cuft", "ft^3"},
	{"wh", "W*h"}, {"kwh", "kW*h"}, {"mwh", "MW*h"}, {"gwh", "GW*h"}, {"mah", "mA*h"},
	{"kilowatthour", "kW*h"}, {"cp", "mPa*s"},
	{"kbps", "kbit/s"}, {"mbps", "Mbit/s"}, {"gbps", "Gbit/s"},
	{"km", "km"}, {"cm", "cm"}, {"kg", "kg"}, {"kpa", "kPa"}, {"mpa", "MPa"}, {"gpa", "GPa"}, {"kj", "kJ"},
	{"kcal", "kcal"}, {"hz", "Hz"}, {"khz", "kHz"}, {"mhz", "MHz"}, {"ghz", "GHz"}, {"kw", "kW"}, {"kv", "kV"},
	{"ml", "mL"}, {"mol", "mol"}, {"kb", "kB"}, {"mb", "MB"}, {"gb", "GB"}, {"tb", "TB"}, {"tev", "TeV"},
	{"gev", "GeV"}, {"kev", "keV"},
}

// unitGlued are symbols written without a space between them, in which case matters: nm is no N*m.
var unitGlued = []struct{ symbol, is string }{
	{"Nm", "N*m"}, {"kNm", "kN*m"}, {"Js", "J*s"}, {"JK", "J*K"}, {"kJK", "kJ*K"}, {"Jmol", "J*mol"},
	{"kJmol", "kJ*mol"}, {"Cmol", "C*mol"}, {"Ah", "A*h"}, {"VA", "V*A"}, {"Vs", "V*s"}, {"Ws", "W*s"},
	{"kb", "kbit"}, {"Mb", "Mbit"}, {"Gb", "Gbit"},
}

// unitSilent are words that stand for one thing of a count and so measure nothing: photons/s is s^-1.
const unitSilent = "unit units photon photons electron electrons molecule molecules particle particles atom atoms " +
	"ion ions cycle cycles"

// unitVariables are the symbols that as often name a variable.
const unitVariables = "gmsAKuDhLlNJWCVSFTGHMB"

// unitPrefix is an SI prefix. The letter of micro is u: the reader writes it for the two Greek ones.
type unitPrefix struct {
	letter byte
	ten    int8
	name   string
}

var unitPrefixes = []unitPrefix{
	{'a', -18, "atto"}, {'f', -15, "femto"}, {'p', -12, "pico"}, {'n', -9, "nano"}, {'u', -6, "micro"},
	{'m', -3, "milli"}, {'c', -2, "centi"}, {'d', -1, "deci"}, {'h', 2, "hecto"}, {'k', 3, "kilo"}, {'M', 6, "mega"},
	{'G', 9, "giga"}, {'T', 12, "tera"}, {'P', 15, "peta"}, {'E', 18, "exa"},
}

// unitBases bounds the number of dimensions.
const unitBases = 32

// unitDimension holds the power of each dimension.
type unitDimension [unitBases]int16

// unitKind is what the table knows of one definition.
type unitKind struct {
	symbol string
	size   *big.Rat // in base units
	of     unitDimension
}

// unitWord is what one word of the input stands for.
type unitWord struct {
	factors []unitFactor // none for a word that measures nothing
	letter  bool         // a single letter that is as well a variable
	glued   bool         // several symbols: a power behind it is the last one's, as in JK^-1
}

// unitWords is the table as the reader uses it.
type unitWords struct {
	kinds   []unitKind          // by the symbol of unitFactor; the first is no unit
	symbols map[string]unitWord // case matters
	names   map[string]unitWord // in lower case
	heads   map[string]string   // first words of names with a space in them, in the form in which names has them
	bases   int
}

// unitTable builds the table on its first use: half a millisecond that a program without units does not pay.
var unitTable = sync.OnceValue(newUnitTable)

func newUnitTable() *unitWords {
	t := &unitWords{
		kinds:   make([]unitKind, 1, len(unitDefinitions)+1),
		symbols: make(map[string]unitWord, 1024),
		names:   make(map[string]unitWord, 2048),
		heads: map[string]string{
			"deg": "degree", "circ": "degree", "°": "degree",
		},
	}
	for _, d := range unitDefinitions {
		t.define(d)
	}
	for _, a := range unitAliases {
		u := t.mustRead(a.is)
		for name := range strings.FieldsSeq(a.names) {
			t.names[name] = u
		}
	}
	for _, g := range unitGlued {
		w := unitWord{glued: true}
		for symbol := range strings.SplitSeq(g.is, "*") { // one by one: in canonical order the last may be another
			w.factors = append(w.factors, t.mustRead(symbol).factors...)
		}
		t.symbols[g.symbol] = w
	}
	for name := range strings.FieldsSeq(unitSilent) {
		t.names[name] = unitWord{}
	}
	return t
}

// define enters one unit with its prefixes. A unit's own spelling goes before a prefixed one: min is no milli-inch.
func (t *unitWords) define(d unitDefinition) {
	symbols := strings.Fields(d.symbols)
	kind := t.kindOf(symbols[0], d.is)
	t.kinds = append(t.kinds, kind)
	id := uint8(len(t.kinds) - 1)
	for _, symbol := range symbols {
		letter := len(symbol) == 1 && strings.Contains(unitVariables, symbol)
		t.symbols[strings.ReplaceAll(symbol, ".", "")] = unitWord{factors: []unitFactor{{id, 0, 1}}, letter: letter}
		t.prefixed(t.symbols, d, symbol, unitFactor{id, 0, 1}, false)
	}
	for name := range strings.FieldsSeq(d.names) {
		name = strings.ReplaceAll(name, "_", " ")
		for i := range len(name) {
			if name[i] == ' ' {
				t.heads[name[:i]], t.heads[name[:i]+"s"] = name[:i], name[:i]
			}
		}
		t.names[name] = unitWord{factors: []unitFactor{{id, 0, 1}}}
		if !strings.Contains(name, " ") {
			t.prefixed(t.names, d, name, unitFactor{id, 0, 1}, true)
		}
	}
}

// prefixed enters a spelling with each of its unit's prefixes, where that does not spell another unit.
func (t *unitWords) prefixed(words map[string]unitWord, d unitDefinition, spelling string, f unitFactor, long bool) {
	for _, p := range unitPrefixes {
		if strings.IndexByte(d.prefixes, p.letter) < 0 {
			continue
		}
		word := string(p.letter) + spelling
		if long {
			word = p.name + spelling
		}
		if _, taken := words[word]; !taken {
			words[word] = unitWord{factors: []unitFactor{{f.symbol, p.ten, 1}}}
		}
	}
}

// kindOf works out what a definition comes to in base units.
func (t *unitWords) kindOf(symbol, is string) unitKind {
	if is == "" {
		if t.bases == unitBases {
			panic("answer: more units of their own dimension than unitBases")
		}
		k := unitKind{symbol: symbol, size: big.NewRat(1, 1)}
		k.of[t.bases] = 1
		t.bases++
		return k
	}
	number, text, _ := strings.Cut(is, " ")
	size, ok := new(big.Rat).SetString(number)
	if !ok {
		panic("answer: the size of the unit " + symbol + " is no number: " + is)
	}
	var of unitDimension
	if text != "" {
		var u unit
		copy(u.factors[:], t.mustRead(text).factors)
		var unitSize *big.Rat
		unitSize, of = u.inBase(t)
		size.Mul(size, unitSize)
	}
	return unitKind{symbol, size, of}
}

// name finds a name in lower case, with or without the s of its plural.
func (t *unitWords) name(low []byte) (unitWord, bool) {
	w, ok := t.names[string(low)]
	if !ok && len(low) > 2 && low[len(low)-1] == 's' {
		w, ok = t.names[string(low[:len(low)-1])]
	}
	return w, ok
}

// mustRead reads a unit of the table itself.
func (t *unitWords) mustRead(s string) unitWord {
	u, ok := t.read(s)
	if !ok {
		panic("answer: the table of units does not define " + s)
	}
	n := 0
	for n < unitMaxFactors && u.factors[n].power != 0 {
		n++
	}
	return unitWord{factors: u.factors[:n:n]}
}

package answer

import (
	"math/big"
	"strings"
	"testing"
)

// mustReadUnit reads a text that must be a unit.
func mustReadUnit(t *testing.T, s string) unit {
	t.Helper()
	u, ok := readUnit(s)
	if !ok {
		t.Fatalf("readUnit(%q) failed", s)
	}
	return u
}

func TestUnitsAreReadHoweverTheyAreWritten(t *testing.T) {
	for _, test := range []struct{ want, texts string }{
		{"cm", "cm|centimeters|centimetres|CM|cms|cm.|(cm)| cm "},
		{"in^2", "inches^2|square inches|sq in|sq. in.|in.^2|inches squared|in^(2)|in2|sq inch|Square Inches"},
		{"ft^2", "sq. ft.|sq ft|sqft|square feet|ft^2|feet^2|ft2|sq.ft.|feet squared"},
		{"m^3", "cubic meters|cu m|m^3|meters cubed|m3|cubic metre"},
		{"cm^3", "cc|cm3|cubic centimeters"},
		{"m/s", "m/s|meters per second|m s^(-1)|m * s^(-1)|m*s^-1|m/sec|meters/second|metres per sec.|m per s|m s^{-1}"},
		{"m/s^2", "m/s^2|m/s/s|meters per second per second|m s^(-2)|meters per second squared|m / sec^(2)|m·s^-2"},
		{"km/h", "km/h|km/hr|kph|kilometers per hour|km per hour|km / hour|kmh"},
		{"mi/h", "mph|miles per hour|mi/h|mi/hr|m.p.h.|MPH"},
		{"kJ/mol", "kJ mol^(-1)|kJ/mol|kJ * mol^(-1)|kilojoules per mole|KJ/mol|kJ mol^-1|kJmol^(-1)"},
		{"J*K^-1*mol^-1", "J K^(-1) mol^(-1)|J mol^(-1) K^(-1)|J/mol K|J/(mol K)|J/(mol*K)|J/mol/K|J/mol*K|" +
			"JK^(-1) mol^(-1)|" +
			"Jmol^(-1) K^(-1)|J / (K mol)|J/mol*K^(-1)|joules per mole per kelvin|J/[mol K]"},
		{"g/cm^3", "g cm^(-3)|g/cm^3|grams per cubic centimeter|g/(cm^3)|gm/cm^3|g/cc"},
		{"N/C", "N/C|N C^(-1)|newtons per coulomb"},
		{"m*N", "N * m|N m|Nm|N-m|newton-meters|newton meters|N·m|N.m|(N)(m)"},
		{"m^2*N/C", "N * m^2/C|N m^2/C|Nm^2/C"},
		{"ft/s^2", "ft/sec^2|ft/s^2|feet per second per second|ft./sec.^2"},
		{"s^-1", "/ sec|sec^(-1)|/s|1/s|per second|s^-1|1 / s|(1/s)|per sec"},
		{"ft*lb", "ft-lb|ft lb|foot-pounds|ft*lb|ft-lbs|foot pounds|ftlb"},
		{"s*lb/ft", "lb * s/ft|lb s/ft|lb * s / ft"},
		{"um", "µm|μm|mu m|mu * m|micrometers|um|micrometres|µ m"},
		{"uC", "mu C|µC|microcoulombs"},
		{"kohm", "k Omega|kΩ|kOmega|kohm|kiloohms"},
		{"ohm", "Omega|ohm|ohms|Ω"},
		{"Å", "Å|angstrom|Angstroms|ångström|\u212b"},
		{"a.u.", "a.u.|atomic units|au"},
		{"AU", "AU|astronomical units"},
		{"ly", "light years|light-years|ly|lightyear"},
		{"eV", "eV|electron volts|electronvolts|electron-volt"},
		{"degree", "degrees|degree|deg|circ|°|(circ)|^circ|^(circ)|degrees N|deg."},
		{"degC", "degrees C|degrees Celsius|degC|celsius|° C|°C|℃|deg C|^circ C|() degrees C"},
		{"degF", "degrees F|degrees Fahrenheit|degF|fahrenheit|°F"},
		{"K", "K|kelvin|kelvins|degrees K|Kelvin"},
		{"J/degC", "J degrees C^(-1)|J/°C|J/degrees C|J^circ C^(-1)"},
		{"degree/s", "deg/s|degrees per second"},
		{"h", "hours|hr|h|hrs|hour|Hours|hrs."},
		{"min", "min|minutes|mins|Min."},
		{"s", "s|sec|seconds|secs|Sec"},
		{"day", "days|day|Days"},
		{"yr", "years|yr|Year|yrs"},
		{"month", "months|mo|mos"},
		{"lb", "lb|lbs|pounds|pound|Lbs."},
		{"oz", "oz|ounces|oz."},
		{"mi", "mi|miles|mile"},
		{"$", "dollars|$|USD|US$|US dollars|dollar"},
		{"$/h", "dollars per hour|$/hour|$ per hr"},
		{"cent", "cents|¢|cent"},
		{"€", "euros|€|EUR|euro"},
		{"£", "£|GBP|pounds sterling"},
		{"¥", "¥|yen"},
		{"rad", "rad|radians|Radian"},
		{"rad/s", "rad/s|rad * s^(-1)|radians per second"},
		{"rev/min", "rpm|rev/min|revolutions per minute|r.p.m."},
		{"Mbit", "Mbit|megabits|Mb"},
		{"W/m^2", "W/m^2|W m^(-2)|watts per square meter"},
		{"h*kW", "kWh|kW h|kilowatt-hours|kWH|kW*h"},
		{"mL", "mL|ml|milliliters|millilitres|mls"},
		{"L", "L|liters|l|litres|Litre"},
		{"gal", "gallons|gal|gal."},
		{"floz", "fl oz|fluid ounces|fl. oz.|floz"},
		{"kPa", "kPa|kPA|kilopascals"},
		{"Torr", "torr|Torr|mmHg|mm Hg|mm-Hg"},
		{"lb/in^2", "psi|lb/in^2|lb in^(-2)|pounds per square inch"},
		{"tonne", "tonnes|metric tons|metric ton"},
		{"u", "u|amu|atomic mass units"},
		{"J", "J K K^(-1)|joules|J"},
		{"g*m^5*s^-2*mol^-2", "g m^5 s^(-2) mol^(-2)"},
		{"J/T", "J / T|J T^-1"},
		{"m^-3*s^-1", "m^(-3) s^(-1)|1/(m^3 s)"},
		{"K/MPa", "K MPa^(-1)"},
		{"", "units|unit|square units|cubic units|units^2|sq. units|photons|electrons|m/m|cubic unit"},
		{"kJ/mol", "((kJ)/(mol))|(kJ)/(mol)|kJ (mol)^(-1)|kJ ( mol ^ ( - 1 ) )|kJ/(mol)"},
		{"J", "J * electron ()^(-1)|J * electron ( )^(-1)|J * electron^(-1)|J/photon|J per molecule"},
		{"s^-1", "photon * s^(-1)|photons/s|cycles per second"},
	} {
		for text := range strings.SplitSeq(test.texts, "|") {
			u, ok := readUnit(text)
			if !ok || u.String() != test.want {
				t.Errorf("readUnit(%q) = %q, %v; want %q", text, u, ok, test.want)
			}
		}
	}
}

func TestTheCaseOfASymbolMatters(t *testing.T) {
	for _, pair := range [][2]string{
		{"m", "M"}, {"mm", "Mm"}, {"g", "G"}, {"mW", "MW"}, {"mPa", "MPa"}, {"s", "S"}, {"mJ", "MJ"}, {"h", "H"},
		{"nm", "Nm"},
		{"AU", "au"}, {"kB", "kbit"}, {"MeV", "meV"},
	} {
		u, v := mustReadUnit(t, pair[0]), mustReadUnit(t, pair[1])
		if u.equal(v) {
			t.Errorf("%q and %q are both %v", pair[0], pair[1], u)
		}
	}
}

func TestOtherTextIsNoUnit(t *testing.T) {
	for _, s := range []string{
		"", " ", ".", "()", "teachers", "apples per day", "apples", "%", "percent", "per cent", "per", "/", "square",
		"cubic",
		"x", "y", "n", "e", "pi", "i", "k", "mu", "µ", "cm^", "cm^(", "cm^(1/2)", "cm^0", "cm^13", "cm^-13", "cm^100",
		"m^2.5",
		"m+s", "m - s", "(cm", "cm)", "m//", "m*", "m**2", "5 m", "m 5", "1", "1 m", "2/s", "10^5 m", "m,s", "m=s",
		"a b", "c^2 d", "rho G M", "m l^2 x", "sqrt(m)", "ways", "students", "times", "p.m.x", "PM", "AM", "as", "am",
		"pH", "pts",
		"m s g K A J N W", "m s g K A J N W V", "((((((m))))))", "m^(2", "m/s)", "none", "yes", "hat(i)", "N hat(i)",
		"omega R", "R",
		"J/alpha-particle", "\xff", "m\xff", "m\x00", strings.Repeat("m", 65), strings.Repeat("(", 64), "m^-", "m^+",
		"^m", "^2",
	} {
		want := s == "m s g K A J N W" // as many factors as there may be
		if u, ok := readUnit(s); ok != want {
			t.Errorf("readUnit(%q) = %q, %v; want %v", s, u, ok, want)
		}
	}
}

func TestALoneLetterIsNotSurelyAUnit(t *testing.T) {
	for _, test := range []struct {
		text              string
		sure, onlyLetters bool
	}{
		{"m", false, true}, {"s", false, true}, {"g", false, true}, {"L", false, true}, {"K.", false, true},
		{"(N)", false, true},
		{"m^2", true, true}, {"N m", true, true}, {"m/s", true, true}, {"square m", true, true}, {"V A", true, true},
		{"cm", true, false}, {"meters", true, false}, {"km/h", true, false}, {"$", true, false}, {"Å", true, false},
		{"kg m", true, false}, {"units", true, false}, {"Omega", true, false}, {"m unit", true, false},
		{"degrees C", true, false},
	} {
		u := mustReadUnit(t, test.text)
		if u.sure() != test.sure || u.onlyLetters() != test.onlyLetters {
			t.Errorf("%q: sure %v, onlyLetters %v; want %v, %v",
				test.text, u.sure(), u.onlyLetters(), test.sure, test.onlyLetters)
		}
	}
	if u, _ := readUnit("m"); !u.equal(mustReadUnit(t, "meters")) {
		t.Error("m and meters are not the same unit")
	}
	if u, _ := readUnit("square units"); u != (unit{}) {
		t.Error("square units are not no unit")
	}
}

func TestAnglesAreToldApart(t *testing.T) {
	for _, test := range []struct {
		text           string
		degree, radian bool
	}{
		{"degrees", true, false}, {"°", true, false}, {"rad", false, true}, {"radians", false, true},
		{"degrees C", false, false},
		{"rad/s", false, false}, {"deg^2", false, false}, {"mrad", false, false}, {"units", false, false},
		{"arcmin", false, false},
	} {
		u := mustReadUnit(t, test.text)
		if u.isDegree() != test.degree || u.isRadian() != test.radian {
			t.Errorf("%q: degree %v, radian %v", test.text, u.isDegree(), u.isRadian())
		}
	}
}

func TestConversionsAreExact(t *testing.T) {
	for _, test := range []struct{ from, to, factor string }{
		{"m", "cm", "100"}, {"km", "mi", "15625/25146"}, {"in", "cm", "127/50"}, {"ft", "in", "12"},
		{"mi", "ft", "5280"},
		{"Å", "nm", "1/10"}, {"m^2", "cm^2", "10000"}, {"yd^3", "ft^3", "27"}, {"L", "cm^3", "1000"},
		{"mL", "cm^3", "1"},
		{"gal", "qt", "4"}, {"qt", "pt", "2"}, {"pt", "cups", "2"}, {"gal", "in^3", "231"}, {"kg", "g", "1000"},
		{"lb", "oz", "16"},
		{"lb", "kg", "45359237/100000000"}, {"tons", "lb", "2000"}, {"tonnes", "kg", "1000"},
		{"hours", "minutes", "60"},
		{"days", "s", "86400"}, {"weeks", "days", "7"}, {"years", "months", "12"}, {"m/s", "km/h", "18/5"},
		{"mph", "ft/s", "22/15"},
		{"dollars", "cents", "100"}, {"bytes", "bits", "8"}, {"MB", "kB", "1000"}, {"MiB", "KiB", "1024"},
		{"kJ", "J", "1000"},
		{"cal", "J", "523/125"}, {"kcal/mol", "kJ/mol", "523/125"},
		{"eV", "J", "801088317/5000000000000000000000000000"},
		{"N m", "J", "1"}, {"J/s", "W", "1"}, {"kWh", "MJ", "18/5"}, {"atm", "Pa", "101325"}, {"bar", "kPa", "100"},
		{"atm", "torr", "760"}, {"N/m^2", "Pa", "1"}, {"Hz", "s^(-1)", "1"}, {"V A", "W", "1"}, {"ohm", "V/A", "1"},
		{"C", "A s", "1"},
		{"F", "C/V", "1"}, {"H", "Wb/A", "1"}, {"T", "G", "10000"}, {"M", "mol/L", "1"}, {"mol/L", "mol/m^3", "1000"},
		{"N/C", "V/m", "1"},
		{"rad/s", "s^-1", "1"}, {"rad", "units", "1"}, {"degrees", "arcmin", "60"}, {"slug", "lbf s^2/ft", "1"},
		{"cm^(-1)", "m^(-1)", "100"}, {"units", "photons", "1"}, {"knots", "km/h", "463/250"},
		{"g cm^(-3)", "kg m^(-3)", "1000"},
	} {
		u, v := mustReadUnit(t, test.from), mustReadUnit(t, test.to)
		got, ok := u.scale(v)
		want, _ := new(big.Rat).SetString(test.factor)
		if !ok || got.Cmp(want) != 0 {
			t.Errorf("1 %s = %v %s, %v; want %v", test.from, got, test.to, ok, want)
		}
	}
}

func TestDifferentDimensionsDoNotConvert(t *testing.T) {
	for _, pair := range [][2]string{
		{"m", "s"}, {"m", "m^2"}, {"K", "degrees C"}, {"degrees C", "degrees F"}, {"years", "days"},
		{"months", "weeks"},
		{"dollars", "euros"}, {"£", "$"}, {"degrees", "rad"}, {"degrees", "units"}, {"kg", "N"},
		{"slug", "lb s^2/ft"}, {"lb/in^2", "Pa"}, {"mol", "units"},
		{"rpm", "s^-1"}, {"u", "kg"}, {"J/K", "J/degC"}, {"a.u.", "AU"}, {"m", "units"},
	} {
		if f, ok := mustReadUnit(t, pair[0]).scale(mustReadUnit(t, pair[1])); ok {
			t.Errorf("1 %s = %v %s", pair[0], f, pair[1])
		}
	}
}

// unitsOfTheTable returns every spelling that the table knows.
func unitsOfTheTable() []string {
	var all []string
	for symbol := range unitTable().symbols {
		all = append(all, symbol)
	}
	for name := range unitTable().names {
		all = append(all, name)
	}
	return all
}

func TestACanonicalSpellingReadsAsTheSameUnit(t *testing.T) {
	for _, s := range unitsOfTheTable() {
		for _, text := range []string{s, s + "^2", s + "^(-1)", "m/" + s, "kg " + s + "^-2 K^-1"} {
			u, ok := readUnit(text)
			if !ok {
				t.Errorf("readUnit(%q) failed", text)
				continue
			}
			if canonical := u.String(); canonical != "" {
				if v, ok := readUnit(canonical); !ok || !u.equal(v) || v.String() != canonical {
					t.Errorf("%q is %q, which reads as %q, %v", text, canonical, v, ok)
				}
			}
		}
	}
}

func TestConvertingBackGivesOne(t *testing.T) {
	bySize := map[unitDimension]unit{} // one unit for each dimension
	one := big.NewRat(1, 1)
	for _, s := range unitsOfTheTable() {
		u := mustReadUnit(t, s)
		_, of := u.inBase(unitTable())
		v, ok := bySize[of]
		if !ok {
			bySize[of], v = u, u
		}
		there, ok := u.scale(v)
		back, ok2 := v.scale(u)
		if !ok || !ok2 || new(big.Rat).Mul(there, back).Cmp(one) != 0 {
			t.Errorf("%v to %v is %v, back %v", u, v, there, back)
		}
	}
}

func TestEveryPrefixedSymbolIsWhatItSays(t *testing.T) {
	for _, s := range []string{"min", "ft", "cd", "pt", "Pa", "ha", "mol", "mi", "Gy", "cal", "atm", "dyn", "gal", "yd"} {
		u, ok := readUnit(s)
		if !ok || u.factors[0].ten != 0 {
			t.Errorf("%q is read with a prefix: %v", s, u.factors[0])
		}
	}
}

func FuzzReadUnit(f *testing.F) {
	for _, s := range []string{
		"kJ mol^(-1)", "J/(mol K)", "sq. ft.", "degrees C", "a.u.", "mu m", "k Omega", "((m/s)^2)^2", "1/s",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, ok := readUnit(s)
		if !ok {
			return
		}
		canonical := u.String()
		if u.letters != unitOneLetter && u.equal(unit{}) != (canonical == "") {
			t.Errorf("%q is %q", s, canonical)
		}
		if v, ok := readUnit(canonical); canonical != "" && len(canonical) <= unitMaxBytes && (!ok || !u.equal(v)) {
			t.Errorf("%q is %q, which reads as %q, %v", s, canonical, v, ok)
		}
		if one, ok := u.scale(u); !ok || one.Cmp(big.NewRat(1, 1)) != 0 {
			t.Errorf("1 %s = %v %s", s, one, s)
		}
	})
}

func BenchmarkReadUnit(b *testing.B) {
	for _, s := range []string{
		"cm", "square inches", "kJ mol^(-1)", "J K^(-1) mol^(-1)", "meters per second", "teachers",
	} {
		b.Run(s, func(b *testing.B) {
			readUnit(s)
			b.ReportAllocs()
			for b.Loop() {
				readUnit(s)
			}
		})
	}
}

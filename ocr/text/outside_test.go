package text

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestALTOSchema has the schema of ALTO 4.2 judge what is written, by xmllint.
func TestALTOSchema(t *testing.T) {
	var whole strings.Builder
	if err := ALTO(&whole, sample()); err != nil {
		t.Fatal(err)
	}
	if said, err := againstSchema(t, whole.String()); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	for _, fault := range [][2]string{
		{`PHYSICAL_IMG_NR="3" `, ""}, {`WC="0.900"`, `WC="90"`}, {"<MeasurementUnit>pixel</MeasurementUnit>", ""}, {`ID="line_1_1"`, `ID="page_1"`},
	} {
		broken := strings.Replace(whole.String(), fault[0], fault[1], 1)
		if _, err := againstSchema(t, broken); err == nil || broken == whole.String() {
			t.Errorf("with %q for %q it is taken, too", fault[1], fault[0])
		}
	}
}

// againstSchema validates a file without any network: a catalog leads from the
// address of the schema of XLink to the part of it that is needed.
func againstSchema(t *testing.T, body string) (said string, err error) {
	t.Helper()
	dir := t.TempDir()
	xlink, err := filepath.Abs("testdata/xlink.xsd")
	if err != nil {
		t.Fatal(err)
	}
	catalog := fmt.Sprintf(`<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"><system systemId="http://www.loc.gov/standards/xlink/xlink.xsd" uri="file://%s"/></catalog>`, xlink)
	for name, text := range map[string]string{"catalog.xml": catalog, "a.xml": body} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lint := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", "testdata/alto-4-2.xsd", filepath.Join(dir, "a.xml"))
	lint.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(dir, "catalog.xml"))
	out, err := lint.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("%v; install: apt install libxml2-utils", err)
	}
	return string(out), err
}

// TestHOCRRules holds what is written against the rules of hOCR 1.2
// (https://kba.github.io/hocr-spec/1.2/), for which there is no schema.
func TestHOCRRules(t *testing.T) {
	var whole strings.Builder
	if err := HOCR(&whole, sample()); err != nil {
		t.Fatal(err)
	}
	if err := checkHOCR(whole.String()); err != nil {
		t.Error(err)
	}
	for _, fault := range [][2]string{
		{`name="ocr-system"`, `name="system"`}, {" ocr_carea", ""}, {"bbox 200 100 220 130", "bbox 100 100 220 130"}, {"bbox 0 0 2480 3508; ", ""},
		{"x_wconf 90", "x_wconf 101"}, {"bbox 200 100 220 130", "bbox 220 100 200 130"}, {`id="word_1_1_2"`, `id="word_1_1_1"`},
		{`class="ocr_line"`, `class="ocrx_word"`}, {"ppageno 2", "ppageno -1"}, {" ocrp_wconf", ""}, {"image &quot;", "image "},
	} {
		broken := strings.Replace(whole.String(), fault[0], fault[1], 1)
		if checkHOCR(broken) == nil || broken == whole.String() {
			t.Errorf("with %q for %q it is taken, too", fault[1], fault[0])
		}
	}
}

// hocrElement is an element of the format with the properties of its title.
type hocrElement struct {
	class string
	box   image.Rectangle
}

// hocrChecker walks over one file.
type hocrChecker struct {
	open  []hocrElement // nil class for plain HTML
	meta  map[string]string
	ids   map[string]bool
	found []string // classes and properties that have to be announced
}

// inside is what each class stands in.
var inside = map[string]string{"ocr_page": "", "ocr_carea": "ocr_page", "ocr_line": "ocr_carea", "ocrx_word": "ocr_line"}

func checkHOCR(body string) error {
	c := hocrChecker{meta: map[string]string{}, ids: map[string]bool{}}
	decoder := xml.NewDecoder(strings.NewReader(body))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return c.announced()
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := c.start(token); err != nil {
				return fmt.Errorf("<%s> %v: %w", token.Name.Local, token.Attr, err)
			}
		case xml.EndElement:
			c.open = c.open[:len(c.open)-1]
		}
	}
}

// announced: the system is named, and every class and kind of property used.
func (c *hocrChecker) announced() error {
	if c.meta["ocr-system"] == "" {
		return errors.New("no ocr-system")
	}
	capabilities := strings.Fields(c.meta["ocr-capabilities"])
	for _, name := range c.found {
		if !slices.Contains(capabilities, name) {
			return fmt.Errorf("%s is not among the capabilities", name)
		}
	}
	if !slices.Contains(c.found, "ocr_page") {
		return errors.New("no page")
	}
	return nil
}

func (c *hocrChecker) start(element xml.StartElement) error {
	attributes := map[string]string{}
	for _, a := range element.Attr {
		attributes[a.Name.Local] = a.Value
	}
	if element.Name.Local == "meta" {
		c.meta[attributes["name"]] = attributes["content"]
	}
	if id := attributes["id"]; id != "" {
		if c.ids[id] {
			return errors.New("the id is taken")
		}
		c.ids[id] = true
	}
	class := attributes["class"]
	if class == "" {
		c.open = append(c.open, hocrElement{})
		return nil
	}
	within := c.open[len(c.open)-1]
	if want, known := inside[class]; !known || want != within.class {
		return fmt.Errorf("stands in %q", within.class)
	}
	c.found = append(c.found, class)
	box, err := c.properties(class, attributes["title"])
	if err != nil {
		return err
	}
	if class != "ocr_page" && !box.In(within.box) {
		return fmt.Errorf("%v is not in %v", box, within.box)
	}
	c.open = append(c.open, hocrElement{class, box})
	return nil
}

// properties reads a title: name and values, parted by semicolons.
func (c *hocrChecker) properties(class, title string) (box image.Rectangle, err error) {
	given := map[string]string{}
	for property := range strings.SplitSeq(title, ";") {
		name, values, _ := strings.Cut(strings.TrimSpace(property), " ")
		given[name] = values
	}
	if n, err := fmt.Sscanf(given["bbox"], "%d %d %d %d", &box.Min.X, &box.Min.Y, &box.Max.X, &box.Max.Y); n != 4 || err != nil || box.Min.X < 0 || box.Min.Y < 0 || box.Empty() {
		return box, fmt.Errorf("bbox %q", given["bbox"])
	}
	switch class {
	case "ocr_page":
		if _, err := strconv.ParseUint(given["ppageno"], 10, 32); err != nil || !strings.HasPrefix(given["image"], `"`) || !strings.HasSuffix(given["image"], `"`) {
			return box, fmt.Errorf("ppageno %q, image %q", given["ppageno"], given["image"])
		}
		var x, y uint
		if _, err := fmt.Sscanf(given["scan_res"], "%d %d", &x, &y); err != nil {
			return box, fmt.Errorf("scan_res %q", given["scan_res"])
		}
	case "ocrx_word":
		c.found = append(c.found, "ocrp_wconf")
		if confidence, err := strconv.ParseFloat(given["x_wconf"], 64); err != nil || confidence < 0 || confidence > 100 {
			return box, fmt.Errorf("x_wconf %q", given["x_wconf"])
		}
	}
	return box, nil
}

package pdfa

import (
	"errors"
	"fmt"
)

// checkPage checks a page with its content and image.
func (c *checker) checkPage(o object) error {
	if err := errors.Join(o.only([]name{"Type", "Parent", "MediaBox", "Resources", "Contents"}, "UserUnit"), o.is(dict{"Type": name("Page")})); err != nil {
		return err
	}
	page, err := mediaBox(o.dict["MediaBox"])
	if err != nil {
		return err
	}
	if unit, ok := o.dict["UserUnit"]; ok && (o.whole("UserUnit") < 2 || o.whole("UserUnit") > maxUserUnit) {
		return fmt.Errorf("user unit %v", unit)
	}
	image, font, err := resources(o.dict["Resources"])
	if err != nil {
		return fmt.Errorf("resources: %w", err)
	}
	if font != 0 && c.font != 0 && font != c.font {
		return errors.New("another font than that of the pages before")
	}
	c.font = max(c.font, font)
	if err := c.checkContent(o.ref("Contents"), page, font != 0); err != nil {
		return fmt.Errorf("content: %w", err)
	}
	if err := c.checkImage(image); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	return nil
}

// mediaBox gives the size of the page.
func mediaBox(v any) (sheet, error) {
	box, _ := v.(array)
	if len(box) != 4 || box[0] != int64(0) || box[1] != int64(0) {
		return sheet{}, errors.New("media box does not begin at the origin")
	}
	w, wide := float(box[2])
	h, high := float(box[3])
	if !wide || !high || min(w, h) < minSide || max(w, h) > maxSide {
		return sheet{}, errors.New("media box outside the limits of a page")
	}
	return sheet{width: w, height: h}, nil
}

// resources gives the page's image and font.
func resources(v any) (image, font ref, err error) {
	d, _ := v.(dict)
	if err := d.only([]name{"XObject"}, "Font"); err != nil {
		return 0, 0, err
	}
	pictures, _ := d["XObject"].(dict)
	if err := pictures.only([]name{"Im0"}); err != nil {
		return 0, 0, err
	}
	if fonts, ok := d["Font"]; ok {
		f, _ := fonts.(dict)
		font = f.ref("F0")
		if err := f.only([]name{"F0"}); err != nil || font < 1 {
			return 0, 0, errors.Join(errors.New("font is not a reference"), err)
		}
	}
	return pictures.ref("Im0"), font, nil
}

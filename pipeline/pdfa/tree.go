package pdfa

import "strings"

// treeFan is the most kids a node of the page tree gets. PDF/A-1 caps an array
// at 8191 entries; a smaller fan keeps every dictionary short enough to be
// read at once.
const treeFan = 500

// treeNodes are the nodes between the root of the page tree and the pages: none
// for an ordinary paper, one per treeFan pages for a long one.
type treeNodes struct {
	root  ref
	inner []ref
}

func (f *file) reserveNodes(pages int) treeNodes {
	nodes := treeNodes{root: f.tree}
	if pages <= treeFan {
		return nodes
	}
	for range (pages + treeFan - 1) / treeFan {
		nodes.inner = append(nodes.inner, f.reserve())
	}
	return nodes
}

// parent is the node that holds the page at index i.
func (n treeNodes) parent(i int) ref {
	if n.inner == nil {
		return n.root
	}
	return n.inner[i/treeFan]
}

// writeTree writes the nodes once all pages have their numbers.
func (f *file) writeTree(nodes treeNodes) {
	if nodes.inner == nil {
		f.writeNode(nodes.root, "", f.pages, len(f.pages))
		return
	}
	for i, node := range nodes.inner {
		kids := f.pages[i*treeFan : min((i+1)*treeFan, len(f.pages))]
		f.writeNode(node, "/Parent "+nodes.root.String(), kids, len(kids))
	}
	f.writeNode(nodes.root, "", nodes.inner, len(f.pages))
}

func (f *file) writeNode(node ref, parent string, kids []ref, count int) {
	list := make([]string, len(kids))
	for i, kid := range kids {
		list[i] = kid.String()
	}
	f.begin(node)
	f.printf("<</Type/Pages%s/Kids[%s]/Count %d>>\nendobj\n", parent, strings.Join(list, " "), count)
}

// The editor of a cell: as little of CodeMirror as a few lines of Python need. Bundled by the build.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";

// The class names are those that Pygments gives the book's own cells, so both have one style.
const style = HighlightStyle.define([
  { tag: [t.keyword, t.controlKeyword, t.definitionKeyword, t.operatorKeyword, t.moduleKeyword], class: "k" },
  { tag: [t.bool, t.null], class: "kc" },
  { tag: t.string, class: "s2" },
  { tag: t.number, class: "mi" },
  { tag: t.comment, class: "c1" },
  { tag: t.operator, class: "o" },
]);

// Ctrl-Enter and Shift-Enter run; Escape, then Tab, leaves.
export const openEditor = ({ parent, text, label, run, changed }) => {
  const go = () => (run(), true);
  const keys = [
    { key: "Mod-Enter", run: go },
    { key: "Shift-Enter", run: go },
  ];
  const extensions = [
    Prec.highest(keymap.of(keys)),
    history(),
    python(),
    indentUnit.of("    "),
    bracketMatching(),
    syntaxHighlighting(style),
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
    EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
  return {
    focus: () => view.focus(),
    set: (doc) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: doc } }),
  };
};

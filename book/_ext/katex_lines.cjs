// One Node process for a whole build: a JSON job a line on stdin, a JSON answer a line on stdout.
const path = require("node:path");
const katex = require(path.resolve(process.argv[2], "node_modules/katex"));
require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { tex, options } = JSON.parse(line);
    let answer;
    try {
      answer = { html: katex.renderToString(tex, options) };
    } catch (error) {
      answer = { error: String(error.message) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  });

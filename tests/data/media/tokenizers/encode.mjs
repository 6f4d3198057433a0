// Ids by HuggingFace's tokenizers (the Rust library through `npm install tokenizers`) for make_golden.py: reads
// {"families": {name: how to build it}, "texts": [...]} and writes {name: [[ids], ...]}.
//   node encode.mjs request.json answer.json      (NODE_PATH names the folder that holds the package)
import { createRequire } from 'module';
import { readFileSync, writeFileSync } from 'fs';
const hf = createRequire(process.env.NODE_PATH + '/')('tokenizers');

async function build(how) {
  if (how.kind === 'bpe') {
    const tokenizer = new hf.Tokenizer(await hf.BPE.fromFile(how.vocab, how.merges, { unkToken: '<unk>' }));
    tokenizer.setPreTokenizer(hf.byteLevelPreTokenizer(how.prefixSpace));
    return tokenizer;
  }
  const model = await hf.WordPiece.fromFile(how.vocab, { unkToken: '[UNK]', maxInputCharsPerWord: 100 });
  const tokenizer = new hf.Tokenizer(model);
  tokenizer.setNormalizer(hf.bertNormalizer({
    cleanText: true, handleChineseChars: true, stripAccents: how.lower, lowercase: how.lower }));
  tokenizer.setPreTokenizer(hf.bertPreTokenizer());
  return tokenizer;
}

const request = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const answer = {};
for (const [name, how] of Object.entries(request.families)) {
  const tokenizer = await build(how);
  answer[name] = [];
  for (const text of request.texts) {
    const encoding = await tokenizer.encode(text, null, { addSpecialTokens: false });
    answer[name].push(encoding.getIds());
  }
}
writeFileSync(process.argv[3], JSON.stringify(answer));

// Writes a gzip and a Brotli copy beside each built file that gains from it, so that the server only has to send bytes.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = 'target/classes/dev/kiroku/ui'

for (const name of readdirSync(root, { recursive: true })) {
  const file = join(root, name)
  if (!statSync(file).isFile() || !/\.(js|css|html|svg|json)$/.test(name)) continue
  const bytes = readFileSync(file)
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  })
  if (brotli.length > bytes.length * 0.95) continue
  writeFileSync(file + '.br', brotli)
  writeFileSync(file + '.gz', gzipSync(bytes, { level: 9 }))
}

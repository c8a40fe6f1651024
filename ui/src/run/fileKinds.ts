export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
export const extensionOf = (path: string) => nameOf(path).toLowerCase().replace(/^.*\./, '')
type Kind = 'image' | 'page' | 'markdown' | 'table' | 'parquet' | 'json' | 'model' | 'video' | 'audio' | 'text' | 'none'
export function kindOf(path: string): Kind {
  if (nameOf(path) === 'MLmodel') return 'model'
  const extension = extensionOf(path)
  if (/^(png|jpe?g|gif|webp|bmp|svg)$/.test(extension)) return 'image'
  if (/^html?$/.test(extension)) return 'page'
  if (extension === 'md') return 'markdown'
  if (/^(csv|tsv)$/.test(extension)) return 'table'
  if (/^(parquet|pq)$/.test(extension)) return 'parquet'
  if (/^(json|geojson)$/.test(extension)) return 'json'
  if (/^(mp4|webm)$/.test(extension)) return 'video'
  if (/^(mp3|wav)$/.test(extension)) return 'audio'
  if (
    /^(txt|log|err|cfg|conf|ini|properties|toml|ya?ml|xml|js|ts|py|rst|jsonl|r|sql|sh|java|scala|css|mlproject)$/.test(
      extension,
    ) ||
    !nameOf(path).includes('.')
  )
    return 'text'
  return 'none'
}

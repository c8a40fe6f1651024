import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { fileAddress, files, type Owner } from '../api/queries'
import type { FileInfo } from '../api/types'
import { bytes } from '../shell/format'
import { useT } from '../shell/settings'
import { Icon, Problem, Segments } from '../shell/ui'
import { parseCsv } from './csv'
import { Markdown } from './Markdown'
import { ModelCard } from './ModelCard'

const ParquetTable = lazy(() => import('./ParquetTable').then((module) => ({ default: module.ParquetTable })))
/** Of a larger text the beginning is shown. */
const MOST_BYTES = 512_000
const ROWS = 1000
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
const extensionOf = (path: string) => nameOf(path).toLowerCase().replace(/^.*\./, '')

/** The files of a run or a model, and a look into them. */
export function Artifacts({
  owner,
  root,
  path,
  onPath,
}: {
  owner: Owner
  root: string
  path: string | undefined
  onPath: (path: string) => void
}) {
  const t = useT()
  const top = useQuery(files(owner, ''))
  const [chosen, setChosen] = useState<FileInfo | null>(null)
  if (top.error) return <Problem error={top.error} retry={() => void top.refetch()} />
  if (top.isSuccess && top.data.length === 0)
    return (
      <div className="card">
        <p className="empty">
          {t('noArtifacts')}
          <br />
          <span className="mono faint break">{root}</span>
        </p>
      </div>
    )
  const at = chosen?.path ?? path
  return (
    <div className="card split">
      <nav className="side tree" aria-label={t('artifacts')}>
        <Folder
          owner={owner}
          path=""
          open={path ?? ''}
          chosen={at}
          onChoose={(file) => {
            setChosen(file)
            onPath(file.path)
          }}
        />
      </nav>
      <div className="view">
        {at ? (
          <Preview key={at} owner={owner} path={at} size={chosen?.file_size} />
        ) : (
          <p className="empty">{t('pickArtifact')}</p>
        )}
      </div>
    </div>
  )
}

function Folder({
  owner,
  path,
  open,
  chosen,
  onChoose,
}: {
  owner: Owner
  path: string
  open: string
  chosen: string | undefined
  onChoose: (file: FileInfo) => void
}) {
  const t = useT()
  const list = useQuery(files(owner, path))
  if (list.error) return <Problem error={list.error} />
  if (!list.data)
    return (
      <p className="faint" style={{ padding: 6 }}>
        {t('loading')}
      </p>
    )
  const sorted = [...list.data].sort(
    (a, b) =>
      Number(b.is_dir ?? false) - Number(a.is_dir ?? false) ||
      a.path.localeCompare(b.path, undefined, { numeric: true }),
  )
  return (
    <ul>
      {sorted.map((file) => (
        <Entry key={file.path} owner={owner} file={file} open={open} chosen={chosen} onChoose={onChoose} />
      ))}
    </ul>
  )
}

function Entry({
  owner,
  file,
  open,
  chosen,
  onChoose,
}: {
  owner: Owner
  file: FileInfo
  open: string
  chosen: string | undefined
  onChoose: (file: FileInfo) => void
}) {
  const [isOpen, setOpen] = useState(open === file.path || open.startsWith(`${file.path}/`))
  return (
    <li>
      <button
        className={chosen === file.path ? 'on' : ''}
        aria-expanded={file.is_dir ? isOpen : undefined}
        onClick={() => (file.is_dir ? setOpen(!isOpen) : onChoose(file))}
      >
        <Icon name={file.is_dir ? 'folder' : 'file'} size={14} />
        <span className="ellipsis" style={{ flex: 1 }}>
          {nameOf(file.path)}
        </span>
        <span className="faint num" style={{ fontSize: 11 }}>
          {bytes(file.file_size)}
        </span>
      </button>
      {file.is_dir && isOpen && (
        <Folder owner={owner} path={file.path} open={open} chosen={chosen} onChoose={onChoose} />
      )}
    </li>
  )
}

type Kind = 'image' | 'page' | 'markdown' | 'table' | 'parquet' | 'json' | 'model' | 'video' | 'audio' | 'text' | 'none'
function kindOf(path: string): Kind {
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

function Preview({ owner, path, size }: { owner: Owner; path: string; size: number | undefined }) {
  const t = useT()
  const address = fileAddress(owner, path)
  const kind = kindOf(path)
  const [raw, setRaw] = useState(false)
  const textual = !['image', 'video', 'audio', 'parquet', 'none'].includes(kind)
  const content = useQuery({
    queryKey: ['file', address],
    queryFn: () => beginningOf(address),
    enabled: textual,
    staleTime: 60_000,
  })
  const both = ['page', 'markdown', 'table', 'json', 'model'].includes(kind)
  return (
    <>
      <header className="row" style={{ padding: '6px 12px', borderBottom: '1px solid var(--line)', minHeight: 40 }}>
        <strong className="ellipsis" title={path}>
          {path}
        </strong>
        <span className="faint num nowrap">{bytes(size)}</span>
        <span className="spacer" />
        {both && (
          <Segments
            value={raw ? 'raw' : 'shown'}
            label={t('preview')}
            onChange={(v) => setRaw(v === 'raw')}
            options={[
              ['shown', t('preview')],
              ['raw', t('sourceText')],
            ]}
          />
        )}
        <a className="btn small" href={address} download={nameOf(path)}>
          <Icon name="download" size={13} />
          {t('download')}
        </a>
      </header>
      <div className="preview">
        {content.data?.cut && (
          <p className="cut" role="status">
            {t('firstBytes', { n: bytes(MOST_BYTES), all: bytes(size) || '…' })}
          </p>
        )}
        {content.error ? (
          <div style={{ padding: 12 }}>
            <Problem error={content.error} />
          </div>
        ) : kind === 'image' ? (
          <img src={address} alt={path} />
        ) : kind === 'video' ? (
          <video src={address} controls style={{ maxWidth: '100%' }} />
        ) : kind === 'audio' ? (
          <audio src={address} controls style={{ margin: 14 }} />
        ) : kind === 'parquet' ? (
          <Suspense fallback={<p className="empty">{t('loading')}</p>}>
            <ParquetTable address={address} />
          </Suspense>
        ) : kind === 'none' ? (
          <p className="empty">{t('noPreview')}</p>
        ) : content.data === undefined ? (
          <p className="empty">{t('loading')}</p>
        ) : raw || kind === 'text' ? (
          <pre tabIndex={0}>{content.data.text}</pre>
        ) : kind === 'page' ? (
          <>
            <p className="faint" style={{ padding: '6px 12px' }}>
              {t('sandboxed')}
            </p>
            {/* Without scripts, without an origin: what it says can be read, and nothing else. */}
            <iframe title={path} sandbox="" srcDoc={content.data.text} referrerPolicy="no-referrer" />
          </>
        ) : kind === 'markdown' ? (
          <div style={{ padding: '12px 16px' }}>
            <Markdown text={content.data.text} />
          </div>
        ) : kind === 'json' ? (
          <pre tabIndex={0}>{pretty(content.data.text)}</pre>
        ) : kind === 'model' ? (
          <ModelCard text={content.data.text} path={path} owner={owner} />
        ) : (
          <Table text={content.data.text} cut={content.data.cut} separator={extensionOf(path) === 'tsv' ? '\t' : ','} />
        )}
      </div>
    </>
  )
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** A file's text, or as much of its beginning as one wants to look at; the rest is not fetched. */
async function beginningOf(address: string): Promise<{ text: string; cut: boolean }> {
  const response = await fetch(address)
  if (!response.ok) throw new Error((await response.text()).slice(0, 500))
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let taken = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), cut: false }
    const room = MOST_BYTES - taken
    text += decoder.decode(value.subarray(0, room), { stream: true })
    taken += value.length
    if (value.length > room) {
      await reader.cancel()
      return { text, cut: true }
    }
  }
}

function Table({ text, cut, separator }: { text: string; cut: boolean; separator: string }) {
  const t = useT()
  const all = parseCsv(text, separator, ROWS + 2)
  // The last line of a text that was cut is a part of one.
  const [head, ...rows] = cut && all.length <= ROWS + 1 ? all.slice(0, -1) : all.slice(0, ROWS + 1)
  return (
    <>
      {!cut && all.length > ROWS + 1 && (
        <p className="cut" role="status">
          {t('onlyRows', { n: ROWS.toLocaleString() })}
        </p>
      )}
      <table className="plain">
        <thead>
          <tr>
            {head?.map((cell, i) => (
              <th key={i}>{cell}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={i} className={/^-?[\d.]+(e-?\d+)?$/i.test(cell) ? 'num' : ''}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

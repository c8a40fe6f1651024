import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { fetchBeginning, fileAddress } from '../api/artifacts'
import { type Owner } from '../api/types'
import { bytes } from '../shell/format'
import { Icon } from '../shell/Icon'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { CsvTable } from './CsvTable'
import { extensionOf, kindOf, nameOf } from './fileKinds'
import { Markdown } from './Markdown'
import { ModelCard } from './ModelCard'

/** The number of bytes of a text file that are shown. */
export const MAX_BYTES = 512_000

const ParquetTable = lazy(() => import('./ParquetTable').then((module) => ({ default: module.ParquetTable })))

/** A file: as a picture, a table, a text, …, or why it cannot be shown. */
export function FilePreview({ owner, path, size }: { owner: Owner; path: string; size: number | undefined }) {
  const t = useT()
  const address = fileAddress(owner, path)
  const kind = kindOf(path)
  const [raw, setRaw] = useState(false)
  const [unreadable, setUnreadable] = useState(false)
  const textual = !['image', 'video', 'audio', 'parquet', 'none'].includes(kind)
  const content = useQuery({
    queryKey: ['file', address],
    queryFn: () => fetchBeginning(address, MAX_BYTES),
    // An image, video or audio that cannot be loaded does not tell why: its response does.
    enabled: textual || unreadable,
    staleTime: 60000,
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
            {t('firstBytes', { n: bytes(MAX_BYTES), all: bytes(size) || '…' })}
          </p>
        )}
        {problemOf(content) ? (
          <div style={{ padding: 12 }}>
            <Problem error={content.error} />
          </div>
        ) : unreadable ? (
          <p className="empty">{t(content.isPending ? 'loading' : 'unreadableFile')}</p>
        ) : kind === 'image' ? (
          <img src={address} alt={path} onError={() => setUnreadable(true)} />
        ) : kind === 'video' ? (
          <video src={address} onError={() => setUnreadable(true)} controls style={{ maxWidth: '100%' }} />
        ) : kind === 'audio' ? (
          <audio src={address} onError={() => setUnreadable(true)} controls style={{ margin: 14 }} />
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
            {/* Without scripts and without an origin, a hostile file can only show text. */}
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
          <CsvTable
            text={content.data.text}
            cut={content.data.cut}
            separator={extensionOf(path) === 'tsv' ? '\t' : ','}
          />
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

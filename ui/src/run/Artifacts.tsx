import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { files } from '../api/artifacts'
import { type FileInfo, type Owner } from '../api/types'
import { bytes } from '../shell/format'
import { Icon } from '../shell/Icon'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { nameOf } from './fileKinds'
import { FilePreview } from './FilePreview'

/** The files of a run or a logged model as a tree, with a preview. */
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
  if (problemOf(top)) return <Problem error={top.error} retry={() => void top.refetch()} />
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
          <FilePreview key={at} owner={owner} path={at} size={chosen?.file_size} />
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
  if (problemOf(list)) return <Problem error={list.error} />
  if (!list.data)
    return (
      <p className="faint" style={{ padding: 6 }}>
        {t('loading')}
      </p>
    )
  const sorted = [...list.data].sort(
    (a, b) => Number(b.is_dir) - Number(a.is_dir) || a.path.localeCompare(b.path, undefined, { numeric: true }),
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

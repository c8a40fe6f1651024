import { type Owner } from '../api/types'
import { Code } from '../shell/Code'
import { useT } from '../shell/settings'
import { loadModelCode } from './loadModelCode'

interface Column {
  name?: string
  type: string
  required?: boolean
  'tensor-spec'?: { dtype: string; shape: number[] }
}

/** Returns the lines below a top-level key of an MLmodel file. The file is simple YAML, which needs no parser here. */
function section(text: string, key: string): string[] {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.startsWith(`${key}:`))
  if (at < 0) return []
  const end = lines.findIndex((line, i) => i > at && /^\S/.test(line))
  return lines.slice(at + 1, end < 0 ? undefined : end)
}

function columns(lines: string[], key: string): Column[] {
  const at = lines.findIndex((line) => line.trim().startsWith(`${key}:`))
  if (at < 0) return []
  let value = lines[at]!.slice(lines[at]!.indexOf(':') + 1).trim()
  for (let i = at + 1; i < lines.length && !/^\s+(inputs|outputs|params):/.test(lines[i]!); i++)
    value += ` ${lines[i]!.trim()}`
  try {
    return JSON.parse(value.replace(/^'|'$/g, '').replace(/''/g, "'")) as Column[]
  } catch {
    return []
  }
}

/** The flavors and the signature of a model, and code that loads it. */
export function ModelCard({ text, path, owner }: { text: string; path: string; owner: Owner }) {
  const t = useT()
  const signature = section(text, 'signature')
  const flavors = section(text, 'flavors')
    .filter((line) => /^ {2}\S/.test(line))
    .map((line) => line.trim().replace(/:$/, ''))
  const folder = path.replace(/\/?MLmodel$/, '')
  const uri = owner.kind === 'model' ? `models:/${owner.id}` : `runs:/${owner.id}/${folder}`
  const sides: [string, Column[]][] = [
    [t('inputs'), columns(signature, 'inputs')],
    [t('outputs'), columns(signature, 'outputs')],
  ]
  return (
    <div className="stack" style={{ padding: 14 }}>
      <div className="row wrap">
        {flavors.map((flavor) => (
          <span key={flavor} className="chip accent">
            {flavor}
          </span>
        ))}
      </div>
      <Code text={loadModelCode(uri)} />
      {sides.some(([, all]) => all.length > 0) && (
        <div className="grid2">
          {sides.map(([side, all]) => (
            <section key={side} className="card">
              <header>
                <h3>{side}</h3>
              </header>
              <table className="plain">
                <tbody>
                  {all.map((column, i) => (
                    <tr key={i}>
                      <td>{column.name ?? '–'}</td>
                      <td className="mono soft">
                        {column['tensor-spec']
                          ? `${column['tensor-spec'].dtype} [${column['tensor-spec'].shape.join(', ')}]`
                          : column.type}
                        {column.required === false ? '?' : ''}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          ))}
        </div>
      )}
    </div>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { experiment } from '../api/queries'
import type { Block } from './blocks'

/** From where a block has its runs, told below it. */
export function Origin({ block, children }: { block: Block; children: ReactNode }) {
  const about = useQuery(experiment(block.experiment))
  return (
    <figcaption>
      {children}
      <span className="faint">
        <Link
          to="/experiments/$experimentId"
          params={{ experimentId: block.experiment }}
          search={{ q: block.filter, sort: block.sort }}
        >
          {about.data?.name ?? block.experiment}
        </Link>
        {block.filter && (
          <>
            {' '}
            · <code>{block.filter}</code>
          </>
        )}
      </span>
    </figcaption>
  )
}

package dev.kiroku.stores.kit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives the constructors of tests a PostgreSQL server that all test classes share; each makes databases of its own. */
public final class PostgresServer implements ParameterResolver {
    private record Running(EmbeddedPostgres postgres) implements AutoCloseable {
        static Running start() {
            try {
                return new Running(TestDatabases.startPostgres());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            postgres.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EmbeddedPostgres.class;
    }

    @Override
    public EmbeddedPostgres resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(PostgresServer.class))
                .computeIfAbsent(Running.class, _ -> Running.start(), Running.class)
                .postgres();
    }
}

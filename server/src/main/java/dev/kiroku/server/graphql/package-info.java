/** GraphQL for MLflow's pages. */
package dev.kiroku.server.graphql;

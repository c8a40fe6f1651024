package dev.kiroku.transfer.source.rest;

import static dev.kiroku.transfer.source.JsonFields.text;

import dev.kiroku.model.api.Page;
import dev.kiroku.transfer.source.files.Problems;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Requests of searches, and the pages of their answers. Items that cannot be read are reported. */
record Searches(ServerReader server, Problems problems) {
    private static final int EXPERIMENTS_PER_SEARCH = 50;

    /** Returns the ids of experiments in lists that a search takes. */
    static List<List<Long>> chunks(Collection<Long> experimentIds) {
        List<Long> ids = List.copyOf(experimentIds);
        List<List<Long>> chunks = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += EXPERIMENTS_PER_SEARCH) {
            chunks.add(ids.subList(from, Math.min(ids.size(), from + EXPERIMENTS_PER_SEARCH)));
        }
        return chunks;
    }

    /** Returns a request. @param token of the page; null for the first */
    ObjectNode search(int maxResults, @Nullable String token) {
        ObjectNode request = server.request().put("max_results", maxResults);
        return token == null ? request : request.put("page_token", token);
    }

    /** Returns a page of an answer. @param found its items */
    <T> Page<T> page(JsonNode answer, Iterable<JsonNode> found, Function<JsonNode, T> converter, String what) {
        List<T> items = new ArrayList<>();
        for (JsonNode item : found) {
            try {
                items.add(converter.apply(item));
            } catch (IllegalArgumentException e) {
                problems.add(what + " is left out: " + e.getMessage() + ".");
            }
        }
        return new Page<>(items, text(answer, "next_page_token"));
    }

    /** Returns pages of a search in experiments; the search for some experiments after that for others. */
    static <T> Iterator<List<T>> pages(
            Collection<Long> experimentIds, BiFunction<List<Long>, @Nullable String, Page<T>> read) {
        return new JoinedPages<>(chunks(experimentIds).stream()
                .<Iterator<List<T>>>map(ids -> new TokenPages<>(token -> read.apply(ids, token)))
                .iterator());
    }

    /** Returns a request for what is in experiments. */
    ObjectNode searchIn(List<Long> experimentIds, int maxResults, @Nullable String token) {
        ObjectNode request = search(maxResults, token);
        ArrayNode ids = request.putArray("experiment_ids");
        experimentIds.forEach(id -> ids.add(Long.toString(id)));
        return request;
    }
}

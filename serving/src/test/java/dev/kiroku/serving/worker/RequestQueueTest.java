package dev.kiroku.serving.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.serving.input.InputParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
    private static PendingRequest request(String rows) {
        byte[] body = ("{\"inputs\": " + rows + "}").getBytes(StandardCharsets.UTF_8);
        return new PendingRequest(
                "application/json", body, new InputParser().parse(body).orElseThrow(), Long.MAX_VALUE);
    }

    @Test
    void mergesRequestsOfOneLayoutUpToTheLimitOfRows() throws InterruptedException {
        RequestQueue queue = new RequestQueue(10, true, 3);
        PendingRequest first = request("[[1, 2]]");
        PendingRequest otherLayout = request("[[1]]");
        PendingRequest twoRows = request("[[1, 2], [3, 4]]");
        PendingRequest fourth = request("[[5, 6]]");
        List.of(first, otherLayout, twoRows, fourth).forEach(queue::offer);
        assertEquals(List.of(first, twoRows), queue.takeBatch(() -> true));
        assertEquals(List.of(otherLayout), queue.takeBatch(() -> true));
        assertEquals(List.of(fourth), queue.takeBatch(() -> true));
    }

    @Test
    void requestsToBeRetriedAreNotMerged() throws InterruptedException {
        RequestQueue queue = new RequestQueue(10, true, 100);
        List<PendingRequest> requests = List.of(request("[[1, 2]]"), request("[[3, 4]]"));
        requests.forEach(queue::offer);
        assertEquals(requests, queue.takeBatch(() -> true));
        requests.forEach(PendingRequest::retryAlone);
        queue.requeue(requests);
        assertEquals(List.of(requests.getFirst()), queue.takeBatch(() -> true));
        assertEquals(List.of(requests.getLast()), queue.takeBatch(() -> true));
    }

    @Test
    void rejectsRequestsBeyondTheCapacityAndWhileDraining() {
        RequestQueue queue = new RequestQueue(1, true, 100);
        assertEquals(RequestQueue.OfferResult.ACCEPTED, queue.offer(request("[[1]]")));
        assertEquals(RequestQueue.OfferResult.FULL, queue.offer(request("[[1]]")));
        queue.drain(Duration.ZERO);
        assertEquals(RequestQueue.OfferResult.CLOSED, queue.offer(request("[[1]]")));
    }

    @Test
    void takesNothingForWorkersThatHaveEnded() throws InterruptedException {
        RequestQueue queue = new RequestQueue(1, true, 100);
        queue.offer(request("[[1]]"));
        assertTrue(queue.takeBatch(() -> false).isEmpty());
        assertEquals(1, queue.size());
    }

    @Test
    void closeAnswersWaitingAndRequeuedRequests() throws InterruptedException {
        RequestQueue queue = new RequestQueue(10, false, 100);
        PendingRequest waiting = request("[[1]]");
        PendingRequest inFlight = request("[[1]]");
        PendingRequest requeued = request("[[1]]");
        List.of(requeued, inFlight, waiting).forEach(queue::offer);
        assertEquals(List.of(requeued), queue.takeBatch(() -> true));
        assertEquals(List.of(inFlight), queue.takeBatch(() -> true));
        requeued.retryAlone();
        queue.requeue(List.of(requeued));
        queue.close();
        assertEquals(429, waiting.response().join().status(), "no worker has received it");
        assertEquals(503, requeued.response().join().status(), "a worker may have computed it");
        assertFalse(inFlight.isDone());
        inFlight.retryAlone();
        queue.requeue(List.of(inFlight));
        assertTrue(inFlight.isDone(), "a request that no worker will take has to be answered");
        assertEquals(503, inFlight.response().join().status());
    }
}

/** What sources that other trackers than MLflow made have in common: identifiers, names and values are converted to those of MLflow. */
@NullMarked
package dev.kiroku.transfer.source.tracker;

import org.jspecify.annotations.NullMarked;

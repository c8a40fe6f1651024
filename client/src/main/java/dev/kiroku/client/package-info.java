/** The HTTP client of a tracking server, Kiroku or MLflow. */
package dev.kiroku.client;
